"""Layers whose input width the first input tells."""

from torch.nn.modules._layer import Layer, layer, missing, registered
from torch.nn.parameter import UninitializedBuffer, UninitializedParameter

__getattr__ = missing("torch.nn.modules.lazy")


class LazyModuleMixin:
    """Modules with parameters that are made when the first input arrives."""

    def has_uninitialized_params(self):
        return any(isinstance(one, UninitializedParameter) for one in self._parameters.values())


class _Lazy(LazyModuleMixin, Layer):
    """Until the first input, uninitialized parameters; from then on a layer of the class `_becomes_`."""

    def _made_of(self, **arguments):
        self.__dict__["_arguments_"] = arguments
        for name, value in arguments.items():
            if name != "bias":
                setattr(self, name, value)
        held = {"weight": True, "bias": arguments.get("bias", True)}
        if self._field_ == "num_features":
            held = dict.fromkeys(held, arguments["affine"])
        for name, has in held.items():
            self._parameters[name] = UninitializedParameter() if has else None
        if self._field_ == "num_features":
            tracked = arguments["track_running_stats"]
            for name in ("running_mean", "running_var"):
                self._buffers[name] = UninitializedBuffer(requires_grad=False) if tracked else None
            if tracked:
                from torch._types import int64

                self._buffer("num_batches_tracked", dtype=int64)
            else:
                self._buffers["num_batches_tracked"] = None

    def _known_by_(self, input):
        """Become the layer that takes this input, keeping the parameters' identity."""
        from torch import nn

        cls = getattr(nn, self._becomes_)
        axis = -1 if self._field_ == "in_features" else 1 if input.dim() > 2 or self._field_ == "num_features" else 0
        if self._field_ == "in_channels":
            axis = -1 - int(self._becomes_[-2])
        made = cls(**{self._field_: input.shape[axis]}, **self.__dict__["_arguments_"])
        for held, own in ((made._parameters, self._parameters), (made._buffers, self._buffers)):
            for name, value in held.items():
                kept = own.get(name)
                if kept is not None and value is not None:
                    kept._start_view(value, value.shape, value._strides, value._offset)
                    if isinstance(kept, UninitializedParameter):
                        kept.__class__ = value.__class__
                        kept.__dict__["shape"] = kept.__dict__.pop("_shape")
        own = {
            name: value for name, value in made.__dict__.items() if name not in ("_parameters", "_buffers", "training")
        }
        for name in ("_forward_hooks", "_forward_pre_hooks", "_modules"):
            own.pop(name)
        self.__dict__.update(own)
        self.__class__ = cls
        self.__dict__["_made_"] = registered(self)

    def forward(self, input, *args):
        self._known_by_(input)
        return self.forward(input, *args)


for _target, _field in (
    *((f"Conv{dims}d", "in_channels") for dims in (1, 2, 3)),
    *((f"ConvTranspose{dims}d", "in_channels") for dims in (1, 2, 3)),
    *((f"BatchNorm{dims}d", "num_features") for dims in (1, 2, 3)),
    *((f"InstanceNorm{dims}d", "num_features") for dims in (1, 2, 3)),
    ("Linear", "in_features"),
):
    _name = f"Lazy{_target}"
    globals()[_name] = layer(type(_name, (_Lazy,), {"_becomes_": _target, "_field_": _field, "__module__": __name__}))
