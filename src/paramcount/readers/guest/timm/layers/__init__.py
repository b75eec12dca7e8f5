"""timm.layers, as far as models of other repositories use it. What is not here stops the reading by its name."""

from paramcount_guest.placeholders import absent
from torch.nn import Linear as Linear

from timm.layers.blocks import (
    BatchNormAct2d,
    ClassifierHead,
    ConvBnAct,
    ConvMlp,
    ConvNormAct,
    ConvNormActAa,
    DropPath,
    GroupNorm1,
    LayerNorm,
    LayerNorm2d,
    LayerScale,
    LayerScale2d,
    Mlp,
    PatchEmbed,
    SelectAdaptivePool2d,
    SEModule,
    SqueezeExcite,
    create_classifier,
    create_conv2d,
    drop_path,
)  # fmt: skip
from timm.layers.helpers import (
    _assert,
    calculate_drop_path_rates,
    create_act_layer,
    extend_tuple,
    get_act_fn,
    get_act_layer,
    get_norm_layer,
    get_padding,
    init_weight_jax,
    init_weight_vit,
    is_exportable,
    is_no_jit,
    is_scriptable,
    lecun_normal_,
    make_divisible,
    ndgrid,
    to_1tuple,
    to_2tuple,
    to_3tuple,
    to_4tuple,
    to_ntuple,
    trunc_normal_,
    trunc_normal_tf_,
    use_fused_attn,
    variance_scaling_,
)  # fmt: skip

__getattr__ = absent("timm.layers")
