"""timm.models.vision_transformer: the parts of it that other models are made of."""

import torch
from paramcount_guest.placeholders import absent
from paramcount_guest.state import unsupported
from torch import nn
from torch.nn import functional as F

from timm.layers import (
    DropPath,
    LayerNorm,
    LayerScale,
    Mlp,
    PatchEmbed,
    calculate_drop_path_rates,
    get_act_layer,
    get_norm_layer,
)
from timm.layers import trunc_normal_ as trunc_normal_

__getattr__ = absent("timm.models.vision_transformer")


class Attention(nn.Module):
    """Attention of a sequence to itself."""

    fused_attn = True

    def __init__(self, dim, num_heads=8, qkv_bias=False, qk_norm=False, scale_norm=False, proj_bias=True, attn_drop=0.0,
                 proj_drop=0.0, norm_layer=None, device=None, dtype=None):  # fmt: skip
        super().__init__()
        if dim % num_heads:
            raise AssertionError("dim should be divisible by num_heads")
        self.num_heads, self.head_dim = num_heads, dim // num_heads
        self.scale = self.head_dim**-0.5
        self.qkv = nn.Linear(dim, dim * 3, bias=qkv_bias)
        self.q_norm = norm_layer(self.head_dim) if qk_norm else nn.Identity()
        self.k_norm = norm_layer(self.head_dim) if qk_norm else nn.Identity()
        self.attn_drop = nn.Dropout(attn_drop)
        self.norm = norm_layer(dim) if scale_norm else nn.Identity()
        self.proj = nn.Linear(dim, dim, bias=proj_bias)
        self.proj_drop = nn.Dropout(proj_drop)

    def forward(self, x, attn_mask=None):
        batch, steps, width = x.shape
        q, k, v = self.qkv(x).reshape(batch, steps, 3, self.num_heads, self.head_dim).permute(2, 0, 3, 1, 4).unbind(0)
        x = F.scaled_dot_product_attention(self.q_norm(q), self.k_norm(k), v, attn_mask=attn_mask)
        x = x.transpose(1, 2).reshape(batch, steps, width)
        return self.proj_drop(self.proj(self.norm(x)))


class Block(nn.Module):
    """Attention, then two linear layers, each beside a shortcut."""

    def __init__(self, dim, num_heads, mlp_ratio=4.0, qkv_bias=False, qk_norm=False, scale_attn_norm=False,
                 scale_mlp_norm=False, proj_bias=True, proj_drop=0.0, attn_drop=0.0, init_values=None, drop_path=0.0,
                 act_layer=nn.GELU, norm_layer=nn.LayerNorm, mlp_layer=Mlp, device=None, dtype=None):  # fmt: skip
        super().__init__()
        self.norm1 = norm_layer(dim)
        self.attn = Attention(
            dim, num_heads, qkv_bias, qk_norm, scale_attn_norm, proj_bias, attn_drop, proj_drop, norm_layer
        )
        self.ls1 = LayerScale(dim, init_values) if init_values else nn.Identity()
        self.drop_path1 = DropPath(drop_path) if drop_path > 0.0 else nn.Identity()
        self.norm2 = norm_layer(dim)
        self.mlp = mlp_layer(
            dim, int(dim * mlp_ratio), act_layer=act_layer, norm_layer=norm_layer if scale_mlp_norm else None,
            bias=proj_bias, drop=proj_drop,
        )  # fmt: skip
        self.ls2 = LayerScale(dim, init_values) if init_values else nn.Identity()
        self.drop_path2 = DropPath(drop_path) if drop_path > 0.0 else nn.Identity()

    def forward(self, x, attn_mask=None):
        x = x + self.drop_path1(self.ls1(self.attn(self.norm1(x), attn_mask=attn_mask)))
        return x + self.drop_path2(self.ls2(self.mlp(self.norm2(x))))


class VisionTransformer(nn.Module):
    """An image is worth 16 × 16 words, 2020."""

    def __init__(self, img_size=224, patch_size=16, in_chans=3, num_classes=1000, global_pool="token", embed_dim=768,
                 depth=12, num_heads=12, mlp_ratio=4.0, qkv_bias=True, qk_norm=False, scale_attn_norm=False,
                 scale_mlp_norm=False, proj_bias=True, init_values=None, class_token=True, pos_embed="learn",
                 no_embed_class=False, reg_tokens=0, pre_norm=False, final_norm=True, fc_norm=None,
                 pool_include_prefix=False, dynamic_img_size=False, dynamic_img_pad=False, drop_rate=0.0,
                 pos_drop_rate=0.0, patch_drop_rate=0.0, proj_drop_rate=0.0, attn_drop_rate=0.0, drop_path_rate=0.0,
                 weight_init="", fix_init=False, embed_layer=PatchEmbed, embed_norm_layer=None, norm_layer=None,
                 act_layer=None, block_fn=Block, mlp_layer=Mlp, device=None, dtype=None):  # fmt: skip
        super().__init__()
        for name, asked in (("dynamic_img_size", dynamic_img_size), ("patch_drop_rate", patch_drop_rate),
                            (f"global_pool={global_pool!r}", global_pool not in ("token", "avg", ""))):  # fmt: skip
            if asked:
                raise unsupported(f"timm's VisionTransformer with {name}")
        if global_pool == "token" and not class_token:
            raise AssertionError("there is no class token to take")
        norm = get_norm_layer(norm_layer) or LayerNorm
        last = global_pool == "avg" if fc_norm is None else fc_norm
        self.num_classes, self.global_pool = num_classes, global_pool
        self.num_features = self.head_hidden_size = self.embed_dim = embed_dim
        self.num_prefix_tokens, self.num_reg_tokens = int(class_token) + reg_tokens, reg_tokens
        self.has_class_token, self.no_embed_class = class_token, no_embed_class
        self.pool_include_prefix, self.dynamic_img_size = pool_include_prefix, dynamic_img_size
        self.grad_checkpointing = False
        own = {} if embed_norm_layer is None else {"norm_layer": get_norm_layer(embed_norm_layer)}
        self.patch_embed = embed_layer(
            img_size=img_size, patch_size=patch_size, in_chans=in_chans, embed_dim=embed_dim, bias=not pre_norm,
            dynamic_img_pad=dynamic_img_pad, **own,
        )  # fmt: skip
        self.cls_token = nn.Parameter(torch.zeros(1, 1, embed_dim)) if class_token else None
        self.reg_token = nn.Parameter(torch.zeros(1, reg_tokens, embed_dim)) if reg_tokens else None
        places = self.patch_embed.num_patches + (0 if no_embed_class else self.num_prefix_tokens)
        learnt = pos_embed and pos_embed != "none"
        self.pos_embed = nn.Parameter(torch.randn(1, places, embed_dim)) if learnt else None
        self.pos_drop, self.patch_drop = nn.Dropout(pos_drop_rate), nn.Identity()
        self.norm_pre = norm(embed_dim) if pre_norm else nn.Identity()
        self.blocks = nn.Sequential(
            *[
                block_fn(
                    dim=embed_dim, num_heads=num_heads, mlp_ratio=mlp_ratio, qkv_bias=qkv_bias, qk_norm=qk_norm,
                    scale_attn_norm=scale_attn_norm, scale_mlp_norm=scale_mlp_norm, proj_bias=proj_bias,
                    init_values=init_values, proj_drop=proj_drop_rate, attn_drop=attn_drop_rate, drop_path=rate,
                    norm_layer=norm, act_layer=get_act_layer(act_layer) or nn.GELU, mlp_layer=mlp_layer, device=device,
                    dtype=dtype,
                )
                for rate in calculate_drop_path_rates(drop_path_rate, depth)
            ]
        )  # fmt: skip
        self.norm = norm(embed_dim) if final_norm and not last else nn.Identity()
        self.attn_pool = None
        self.fc_norm = norm(embed_dim) if final_norm and last else nn.Identity()
        self.head_drop = nn.Dropout(drop_rate)
        self.head = nn.Linear(embed_dim, num_classes) if num_classes > 0 else nn.Identity()

    def init_weights(self, mode=""):
        return None

    _init_weights = fix_init_weight = init_weights

    def no_weight_decay(self):
        return {"pos_embed", "cls_token", "dist_token"}

    def get_classifier(self):
        return self.head

    def reset_classifier(self, num_classes, global_pool=None):
        self.num_classes = num_classes
        self.global_pool = self.global_pool if global_pool is None else global_pool
        self.head = nn.Linear(self.embed_dim, num_classes) if num_classes > 0 else nn.Identity()

    def set_grad_checkpointing(self, enable=True):
        self.grad_checkpointing = enable

    def _pos_embed(self, x):
        if self.pos_embed is None:
            return x.view(x.shape[0], -1, x.shape[-1])
        before = [one.expand(x.shape[0], -1, -1) for one in (self.cls_token, self.reg_token) if one is not None]
        x = x + self.pos_embed if self.no_embed_class else x
        x = torch.cat([*before, x], dim=1) if before else x
        return self.pos_drop(x if self.no_embed_class else x + self.pos_embed)

    def forward_features(self, x, attn_mask=None):
        x = self.norm_pre(self.patch_drop(self._pos_embed(self.patch_embed(x))))
        for block in self.blocks:
            x = block(x) if attn_mask is None else block(x, attn_mask=attn_mask)
        return self.norm(x)

    def pool(self, x, pool_type=None):
        wanted = self.global_pool if pool_type is None else pool_type
        if wanted == "token":
            return x[:, 0]
        return x[:, 0 if self.pool_include_prefix else self.num_prefix_tokens :].mean(dim=1) if wanted == "avg" else x

    def forward_head(self, x, pre_logits=False):
        x = self.head_drop(self.fc_norm(self.pool(x)))
        return x if pre_logits else self.head(x)

    def forward(self, x, attn_mask=None):
        return self.forward_head(self.forward_features(x, attn_mask=attn_mask))


def _cfg(url="", **kwargs):
    return {"url": url, "num_classes": 1000, "input_size": (3, 224, 224), "pool_size": None, "first_conv": "patch_embed.proj",
            "classifier": "head", **kwargs}  # fmt: skip


__all__ = ["Attention", "Block", "PatchEmbed", "VisionTransformer"]
