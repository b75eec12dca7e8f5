"""What is known of module classes by their names, beside the layers: for what print(model) does not show.

Made by running torch 2.14.1, torchvision 0.29.1 and timm: for each class, whether any of its instances holds
parameters or buffers of its own. See tests/data/make_printed_models.py.
"""

from collections.abc import Mapping
from typing import Final

CONTAINERS: Final = frozenset(
    (
        "DataParallel", "DistributedDataParallel", "ModuleDict", "ModuleList", "ParameterDict", "ParameterList",
        "Sequential", "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
        "TransformerEncoderLayer",
    )
)  # fmt: skip
"""Containers of torch.nn that hold nothing themselves."""

SAME: Final[Mapping[str, str]] = {
    "BatchNormAct2d": "BatchNorm2d",
    "Conv2dSame": "Conv2d",
    "Conv3DNoTemporal": "Conv3d",
    "Conv3DSimple": "Conv3d",
    "GroupNorm1": "GroupNorm",
    "LayerNorm2d": "LayerNorm",
    "NonDynamicallyQuantizableLinear": "Linear",
}
"""Classes that print as a layer of torch.nn does, and hold what it holds."""

FREE: Final = frozenset(
    (
        "DropPath", "FastAdaptiveAvgPool", "Flat", "Permute", "RadixSoftmax", "SelectAdaptivePool2d", "SelectSeq",
        "StochasticDepth", "SwapAxes", "WindowDepartition", "WindowPartition",
    )
)  # fmt: skip
"""Classes that hold no parameters, whatever they print."""

HOLDING: Final[Mapping[str, str]] = {
    "Attention": "q_bias, k_bias, v_bias, attention_biases or relative_position_bias_table",
    "AttentionDownsample": "attention_biases",
    "Beit": "cls_token",
    "Block": "gamma_1 and gamma_2",
    "CNBlock": "layer_scale",
    "Cait": "cls_token and pos_embed",
    "ClassAttentionBlock": "gamma1 and gamma2",
    "ConvBlock": "gamma",
    "ConvNeXtBlock": "gamma",
    "CrossCovarianceAttn": "temperature",
    "CrossVit": "cls_token and pos_embed",
    "Encoder": "pos_embedding",
    "Eva": "cls_token and pos_embed",
    "EvaAttention": "q_bias, k_bias and v_bias",
    "LayerScaleBlock": "gamma_1 and gamma_2",
    "LayerScaleBlockClassAttn": "gamma_1 and gamma_2",
    "MetaNeXtBlock": "gamma",
    "PoolingVisionTransformer": "cls_token and pos_embed",
    "RelativePositionalMultiHeadAttention": "relative_position_bias_table",
    "ResBlock": "ls1 and ls2",
    "ShiftedWindowAttention": "relative_position_bias_table",
    "ShiftedWindowAttentionV2": "logit_scale and tables of positions",
    "SplitTransposeBlock": "gamma and gamma_xca",
    "SwinTransformerBlock": "attn_mask",
    "TNT": "cls_token, patch_pos and pixel_pos",
    "VOLO": "cls_token and pos_embed",
    "VisionTransformer": "class_token, cls_token or pos_embed",
    "WindowAttention": "relative_position_bias_table",
    "XCA": "temperature",
    "XCABlock": "gamma1, gamma2 and gamma3",
    "Xcit": "cls_token",
}
"""Classes of torchvision and timm that hold parameters or buffers beside the modules printed under them."""

SHAPES_ONLY: Final[Mapping[str, str]] = {
    "AvgPool1d": "ceil_mode, which is taken as False",
    "AvgPool2d": "ceil_mode, which is taken as False",
    "AvgPool3d": "ceil_mode, which is taken as False",
}
"""Arguments that a class does not print, and that change the shapes that come out."""

UNPRINTED: Final[Mapping[str, str]] = {
    **SHAPES_ONLY,
    "MultiheadAttention": "kdim, vdim and add_bias_kv; embed_dim and False are taken",
    "_WeightNorm": "dim, which is taken as 0",
}
"""These, and arguments that change parameters."""
