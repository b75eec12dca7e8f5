"""timm.layers: the blocks that models of other repositories import."""

import torch
from paramcount_guest.state import unsupported
from torch import nn
from torch.nn import functional as F

from timm.layers.helpers import (
    create_act_layer,
    get_act_layer,
    get_norm_layer,
    get_padding,
    make_divisible,
    nchw_to,
    to_2tuple,
)


def drop_path(x, drop_prob=0.0, training=False, scale_by_keep=True):
    return x


class DropPath(nn.Module):
    """Drops whole branches in training."""

    def __init__(self, drop_prob=0.0, scale_by_keep=True):
        super().__init__()
        self.drop_prob, self.scale_by_keep = drop_prob, scale_by_keep

    def forward(self, x):
        return x


class LayerNorm(nn.LayerNorm):
    """Layer norm over the last dimension."""

    def __init__(self, num_channels, eps=1e-6, affine=True, **kwargs):
        super().__init__(num_channels, eps=eps, elementwise_affine=affine, **kwargs)


class LayerNorm2d(nn.LayerNorm):
    """Layer norm over the channels of [N, C, H, W]."""

    def __init__(self, num_channels, eps=1e-6, affine=True, **kwargs):
        super().__init__(num_channels, eps=eps, elementwise_affine=affine, **kwargs)

    def forward(self, x):
        x = F.layer_norm(x.permute(0, 2, 3, 1), self.normalized_shape, self.weight, self.bias, self.eps)
        return x.permute(0, 3, 1, 2)


class GroupNorm1(nn.GroupNorm):
    """Group norm with one group."""

    def __init__(self, num_channels, **kwargs):
        super().__init__(1, num_channels, **kwargs)


class LayerScale(nn.Module):
    """One factor for each channel, of the last dimension."""

    def __init__(self, dim, init_values=1e-5, inplace=False, device=None, dtype=None):
        super().__init__()
        self.init_values, self.inplace = init_values, inplace
        self.gamma = nn.Parameter(torch.full((dim,), float(init_values)))

    def forward(self, x):
        return x.mul_(self.gamma) if self.inplace else x * self.gamma


class LayerScale2d(LayerScale):
    """One factor for each channel of [N, C, H, W]."""

    def forward(self, x):
        return x * self.gamma.view(1, -1, 1, 1)


class Mlp(nn.Module):
    """Two linear layers, an activation between them."""

    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.GELU, norm_layer=None,
                 bias=True, drop=0.0, use_conv=False, device=None, dtype=None):  # fmt: skip
        super().__init__()
        out_features, hidden_features = out_features or in_features, hidden_features or in_features
        bias, drop = to_2tuple(bias), to_2tuple(drop)

        def linear(ins, outs, bias):
            return nn.Conv2d(ins, outs, 1, bias=bias) if use_conv else nn.Linear(ins, outs, bias=bias)

        self.fc1 = linear(in_features, hidden_features, bias[0])
        self.act = act_layer()
        self.drop1 = nn.Dropout(drop[0])
        self.norm = norm_layer(hidden_features) if norm_layer is not None else nn.Identity()
        self.fc2 = linear(hidden_features, out_features, bias[1])
        self.drop2 = nn.Dropout(drop[1])

    def forward(self, x):
        return self.drop2(self.fc2(self.norm(self.drop1(self.act(self.fc1(x))))))


class ConvMlp(nn.Module):
    """Two 1×1 convolutions, a norm and an activation between them."""

    def __init__(self, in_features, hidden_features=None, out_features=None, act_layer=nn.ReLU, norm_layer=None,
                 bias=True, drop=0.0, device=None, dtype=None):  # fmt: skip
        super().__init__()
        out_features, hidden_features = out_features or in_features, hidden_features or in_features
        bias = to_2tuple(bias)
        self.fc1 = nn.Conv2d(in_features, hidden_features, kernel_size=1, bias=bias[0])
        self.norm = norm_layer(hidden_features) if norm_layer else nn.Identity()
        self.act = act_layer()
        self.drop = nn.Dropout(drop)
        self.fc2 = nn.Conv2d(hidden_features, out_features, kernel_size=1, bias=bias[1])

    def forward(self, x):
        return self.fc2(self.drop(self.act(self.norm(self.fc1(x)))))


class PatchEmbed(nn.Module):
    """An image as a sequence of embedded patches."""

    def __init__(self, img_size=224, patch_size=16, in_chans=3, embed_dim=768, norm_layer=None, flatten=True,
                 output_fmt=None, bias=True, strict_img_size=True, dynamic_img_pad=False, device=None, dtype=None):  # fmt: skip
        super().__init__()
        self.patch_size = to_2tuple(patch_size)
        self.img_size = None if img_size is None else to_2tuple(img_size)
        self.grid_size = self.num_patches = None
        if self.img_size is not None:
            self.grid_size = tuple([size // patch for size, patch in zip(self.img_size, self.patch_size)])
            self.num_patches = self.grid_size[0] * self.grid_size[1]
        self.output_fmt = output_fmt
        self.flatten = flatten if output_fmt is None else False
        self.strict_img_size, self.dynamic_img_pad = strict_img_size, dynamic_img_pad
        self.proj = nn.Conv2d(in_chans, embed_dim, kernel_size=patch_size, stride=patch_size, bias=bias)
        self.norm = norm_layer(embed_dim) if norm_layer else nn.Identity()

    def forward(self, x):
        height, width = x.shape[-2:]
        if self.img_size is not None and self.strict_img_size and (height, width) != tuple(self.img_size):
            raise AssertionError(
                f"Input size ({height}, {width}) doesn't match model ({self.img_size[0]}, {self.img_size[1]})."
            )
        if self.dynamic_img_pad:
            down, right = -height % self.patch_size[0], -width % self.patch_size[1]
            x = F.pad(x, (0, right, 0, down))
        x = self.proj(x)
        if self.flatten:
            x = x.flatten(2).transpose(1, 2)
        elif self.output_fmt is not None:
            x = nchw_to(x, self.output_fmt)
        return self.norm(x)


class SEModule(nn.Module):
    """Channels weighed by what their means tell."""

    def __init__(self, channels, rd_ratio=1.0 / 16, rd_channels=None, rd_divisor=8, add_maxpool=False, bias=True,
                 act_layer=nn.ReLU, norm_layer=None, gate_layer="sigmoid", device=None, dtype=None):  # fmt: skip
        super().__init__()
        self.add_maxpool = add_maxpool
        rd_channels = rd_channels or make_divisible(channels * rd_ratio, rd_divisor, round_limit=0.0)
        self.fc1 = nn.Conv2d(channels, rd_channels, kernel_size=1, bias=bias)
        self.bn = norm_layer(rd_channels) if norm_layer else nn.Identity()
        self.act = create_act_layer(act_layer, inplace=True)
        self.fc2 = nn.Conv2d(rd_channels, channels, kernel_size=1, bias=bias)
        self.gate = create_act_layer(gate_layer)

    def forward(self, x):
        squeezed = x.mean((2, 3), keepdim=True)
        if self.add_maxpool:
            squeezed = 0.5 * squeezed + 0.5 * x.amax((2, 3), keepdim=True)
        return x * self.gate(self.fc2(self.act(self.bn(self.fc1(squeezed)))))


SqueezeExcite = SEModule


class BatchNormAct2d(nn.BatchNorm2d):
    """Batch norm and an activation."""

    def __init__(self, num_features, eps=1e-5, momentum=0.1, affine=True, track_running_stats=True, apply_act=True,
                 act_layer=nn.ReLU, act_kwargs=None, inplace=True, drop_layer=None, device=None, dtype=None):  # fmt: skip
        super().__init__(
            num_features, eps=eps, momentum=momentum, affine=affine, track_running_stats=track_running_stats
        )
        self.drop = drop_layer() if drop_layer is not None else nn.Identity()
        act_layer = get_act_layer(act_layer)
        self.act = (
            create_act_layer(act_layer, inplace=inplace, **(act_kwargs or {}))
            if act_layer and apply_act
            else nn.Identity()
        )

    def forward(self, x):
        x = F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, self.training)
        return self.act(self.drop(x))


def create_conv2d(in_channels, out_channels, kernel_size, **kwargs):
    if isinstance(kernel_size, list) or "num_experts" in kwargs:
        raise unsupported("timm.layers.create_conv2d with several kernels or experts")
    depthwise = kwargs.pop("depthwise", False)
    groups = in_channels if depthwise else kwargs.pop("groups", 1)
    kwargs.pop("groups", None)
    padding = kwargs.pop("padding", "")
    if isinstance(padding, str):
        padding = padding.lower()
        if padding == "same" and kwargs.get("stride", 1) != 1:
            raise unsupported("timm.layers.create_conv2d with padding 'same' and a stride")
        fixed = (
            0 if padding == "valid" else get_padding(kernel_size, kwargs.get("stride", 1), kwargs.get("dilation", 1))
        )
        padding = fixed
    kwargs.setdefault("bias", False)
    return nn.Conv2d(in_channels, out_channels, kernel_size, padding=padding, groups=groups, **kwargs)


class ConvNormAct(nn.Module):
    """A convolution, a norm and an activation."""

    def __init__(self, in_channels, out_channels, kernel_size=1, stride=1, padding="", dilation=1, groups=1, bias=False,
                 apply_norm=True, apply_act=True, norm_layer=nn.BatchNorm2d, act_layer=nn.ReLU, aa_layer=None,
                 drop_layer=None, conv_kwargs=None, norm_kwargs=None, act_kwargs=None):  # fmt: skip
        super().__init__()
        if aa_layer is not None or get_norm_layer(norm_layer) is not nn.BatchNorm2d:
            raise unsupported("timm.layers.ConvNormAct with another norm than batch norm, or anti-aliasing")
        self.conv = create_conv2d(
            in_channels, out_channels, kernel_size, stride=stride, padding=padding, dilation=dilation, groups=groups,
            bias=bias, **(conv_kwargs or {}),
        )  # fmt: skip
        if apply_norm:
            self.bn = BatchNormAct2d(
                out_channels, apply_act=apply_act, act_layer=act_layer, act_kwargs=act_kwargs, drop_layer=drop_layer,
                **(norm_kwargs or {}),
            )  # fmt: skip
        else:
            self.bn = nn.Sequential()
        self.aa = nn.Identity()

    in_channels = property(lambda self: self.conv.in_channels)
    out_channels = property(lambda self: self.conv.out_channels)

    def forward(self, x):
        return self.aa(self.bn(self.conv(x)))


ConvBnAct = ConvNormActAa = ConvNormAct


class SelectAdaptivePool2d(nn.Module):
    """Global pooling by name."""

    def __init__(self, output_size=1, pool_type="fast", flatten=False, input_fmt="NCHW"):
        super().__init__()
        self.pool_type = pool_type or ""
        if self.pool_type not in ("", "fast", "fastavg", "avg", "max", "fastmax") or input_fmt != "NCHW":
            raise unsupported(f"timm.layers.SelectAdaptivePool2d with {pool_type!r} of {input_fmt}")
        fast = self.pool_type.startswith("fast")
        if self.pool_type == "":
            self.pool = nn.Identity()
        elif fast:
            self.pool = _Fast(flatten, self.pool_type.endswith("max"))
        else:
            self.pool = (nn.AdaptiveMaxPool2d if self.pool_type == "max" else nn.AdaptiveAvgPool2d)(output_size)
        self.flatten = nn.Flatten(1) if flatten and not fast else nn.Identity()

    def is_identity(self):
        return not self.pool_type

    def feat_mult(self):
        return 1

    def forward(self, x):
        return self.flatten(self.pool(x))


class _Fast(nn.Module):
    def __init__(self, flatten, most):
        super().__init__()
        self.flatten, self.most = flatten, most

    def forward(self, x):
        return (x.amax if self.most else x.mean)((2, 3), keepdim=not self.flatten)


def create_classifier(num_features, num_classes, pool_type="avg", use_conv=False, input_fmt="NCHW", drop_rate=None):
    pool = SelectAdaptivePool2d(pool_type=pool_type, flatten=not use_conv)
    if num_classes <= 0:
        fc = nn.Identity()
    else:
        fc = nn.Conv2d(num_features, num_classes, 1) if use_conv else nn.Linear(num_features, num_classes)
    return (pool, fc) if drop_rate is None else (pool, nn.Dropout(drop_rate), fc)


class ClassifierHead(nn.Module):
    """Pooling, dropout and a linear layer."""

    def __init__(self, in_features, num_classes, pool_type="avg", drop_rate=0.0, use_conv=False, input_fmt="NCHW"):
        super().__init__()
        self.in_features, self.use_conv, self.input_fmt = in_features, use_conv, input_fmt
        self.global_pool, fc = create_classifier(in_features, num_classes, pool_type, use_conv=use_conv)
        self.drop = nn.Dropout(drop_rate)
        self.fc = fc
        self.flatten = nn.Flatten(1) if use_conv and pool_type else nn.Identity()

    def forward(self, x, pre_logits=False):
        x = self.drop(self.global_pool(x))
        return self.flatten(x if pre_logits else self.fc(x))
