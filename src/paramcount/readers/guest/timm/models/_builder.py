"""timm.models._builder: a model made from its class and a description of its weights, which are not here."""

from paramcount_guest.placeholders import absent
from paramcount_guest.state import STATE, unsupported

__getattr__ = absent("timm.models._builder")


def build_model_with_cfg(model_cls, variant, pretrained, pretrained_cfg=None, pretrained_cfg_overlay=None,
                         model_cfg=None, feature_cfg=None, pretrained_strict=True, pretrained_filter_fn=None,
                         cache_dir=None, kwargs_filter=None, **kwargs):  # fmt: skip
    """The model; where the description tells its classes, channels or pooling, they stand where none are given."""
    if kwargs.pop("features_only", False):
        raise unsupported("timm's build_model_with_cfg with features_only=True")
    held = {**(pretrained_cfg if isinstance(pretrained_cfg, dict) else {}), **(pretrained_cfg_overlay or {})}
    held = {name: held.get(name) for name in ("num_classes", "global_pool", "input_size", "fixed_input_size")}
    sizes = held["input_size"] or ()
    wanted = {
        "num_classes": held["num_classes"],
        "global_pool": held["global_pool"],
        "in_chans": sizes[0] if sizes else None,
        "img_size": sizes[-2:] if sizes and held["fixed_input_size"] else None,
    }
    for name, value in wanted.items():
        if value is not None:
            kwargs.setdefault(name, value)
    for name in kwargs_filter or ():
        kwargs.pop(name, None)
    if pretrained:
        STATE.warn(f"The weights that {variant} asks for are not here; they change no count.")
    model = model_cls(**kwargs) if model_cfg is None else model_cls(cfg=model_cfg, **kwargs)
    model.pretrained_cfg = model.default_cfg = pretrained_cfg
    return model
