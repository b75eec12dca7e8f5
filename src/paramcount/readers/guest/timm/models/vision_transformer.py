"""timm.models.vision_transformer: the parts of it that other models are made of."""

from paramcount_guest.placeholders import absent
from torch import nn
from torch.nn import functional as F

from timm.layers import DropPath, LayerScale, Mlp, PatchEmbed
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


_cfg = dict
__all__ = ["Attention", "Block", "PatchEmbed"]
