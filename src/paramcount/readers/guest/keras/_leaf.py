"""Layers whose constructor tells all: their arguments are bound to Keras's own signatures, and stand in the trace."""

import inspect

from paramcount_guest.state import STATE, stop

from keras import _dispatch
from keras._inert import named
from keras._layer import Layer
from keras._modules import OLDER
from keras._numbers import RUNS
from keras._shapes import is_shape
from keras._surface import LAYERS as SIGNATURES
from keras._tensor import make, tensors_in

LEAVES = {}
"""The layers that have a rule, by their names."""

ACCEPTED = ("alpha", "input_length", "implementation")
"""Arguments of Keras 2 that Keras 3 takes without naming them in its signatures."""

_KERNEL = ("kernel_initializer", "kernel_regularizer", "kernel_constraint")
OLDER_ARGUMENTS = {
    "LeakyReLU": ("alpha",), "Embedding": ("input_length",), "LSTM": ("implementation", "time_major"),
    "GRU": ("implementation", "time_major"), "SimpleRNN": ("implementation", "time_major"),
    "LSTMCell": ("implementation",), "GRUCell": ("implementation",), "SeparableConv1D": _KERNEL,
    "SeparableConv2D": _KERNEL, "DepthwiseConv1D": _KERNEL, "DepthwiseConv2D": _KERNEL,
    "BatchNormalization": ("fused", "virtual_batch_size", "adjustment"),
}  # fmt: skip
"""Arguments of a layer that are in no signature of Keras 3, and change no count."""

_PARSED = {}


def parameters(name):
    """Keras's signature of a layer's constructor."""
    if name not in _PARSED:
        _PARSED[name] = inspect.signature(eval(f"lambda {SIGNATURES[name]}: None"))  # noqa: S307 - a table of our own
    return _PARSED[name]


def leaf(*names):
    """Register a class as the layers of these names: each becomes a class of its own."""

    def put(base):
        for name in names or (base.__name__.lstrip("_"),):
            LEAVES[name] = base if name == base.__name__ else type(name, (base,), {"__module__": "keras.layers"})
            LEAVES[name]._kind_ = name
            LEAVES[name]._leaf_class_ = LEAVES[name]
        return base

    return put


def _number(value):
    """A number of numpy's as Python's, as Keras 2 took it."""
    return value.item() if hasattr(value, "_array_") and not value.shape else value


class Leaf(Layer):
    """A layer of Keras's own."""

    _dims_ = 0
    _inputs_ = 1  # how many tensors it takes; 0 where any number may

    def __init__(self, *args, **kwargs):
        name = self._kind_
        try:
            bound = parameters(name).bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{name}.__init__() {error}") from None
        rest = bound.arguments.pop("kwargs", {})
        self._older(rest, bound.arguments)
        if (
            name in ("Conv2D", "Conv3D")
            and len(args) > 2
            and args[1] == args[2]
            and isinstance(args[2], int)
            and args[2] > 1
        ):
            STATE.warn(
                f"{name}(…, {args[1]}, {args[2]}) is a kernel of {args[1]} with strides of {args[2]}; in Keras 1 it meant a "
                f"kernel of {args[1]} × {args[2]} with strides of 1."
            )
        bound.apply_defaults()
        given = {key: _number(value) for key, value in bound.arguments.items()}
        given.pop("kwargs", None)
        base = {key: given.pop(key) for key in ("name", "dtype", "activity_regularizer", "trainable") if key in given}
        if base.get("trainable") is None:
            base.pop("trainable", None)
        super().__init__(**base, **rest)
        self.__dict__["_given"] = dict(given)
        for key, value in given.items():
            if key != "weights":
                setattr(self, key, value)
        self.check()

    def _older(self, rest, given):
        """Take Keras 2's arguments out of those that are not known: they change no count, or are written otherwise."""
        kind = self._kind_
        for name in [name for name in rest if name in OLDER_ARGUMENTS.get(kind, ())]:
            value = rest.pop(name)
            if name == "alpha":
                given["negative_slope"] = value
            elif name == "input_length" and "input_shape" not in rest and value is not None:
                rest["input_shape"] = (value,) if isinstance(value, int) else tuple(value)
            elif name not in ACCEPTED:
                STATE.warn(f"{kind}({name}=…) is Keras 2's, and Keras 3 refuses it; it changes no count.")
        if kind.startswith("GRU") and OLDER and "reset_after" not in given:
            STATE.warn(
                f"{kind} is made with reset_after=True, as Keras makes it since version 2.4; the versions before made it "
                "with reset_after=False, which has fewer biases. Write which is meant."
            )

    def check(self):
        """Refuse what Keras refuses when the layer is made."""

    def outputs(self, shapes):
        """The output shapes for the shapes of the tensors that flow in, batch included, every size known."""
        return shapes[:1]

    def call(self, inputs, *args, **kwargs):
        return self.apply(inputs, args, kwargs)

    def apply(self, inputs, args=(), kwargs=None):
        """Run as one: shapes by this layer's rule, one line in the trace."""
        tensors = self.tensors(inputs, args, kwargs or {})
        self.fit(tensors)
        found = self.shaped(tensors)
        self.__dict__.setdefault("_taken", [_dispatch.written(one, told=False)[1:] for one in tensors])
        results = [make([one[place] for one in found], self.kind_of(tensors, place)) for place in range(len(found[0]))]
        if self._kind_ is not None and tensors:
            path = STATE.module_paths.get(id(self))
            if STATE.recording and path is None and self.weights:
                _dispatch.OUTSIDE[id(self)] = self
                raise stop("user error", _dispatch.untracked(self, self.weights))
            if STATE.recording and path is None:
                path = self._beside()
            path = _dispatch.PARTS.get(path, path)
            _dispatch.record("module", tensors, {}, results, path)
        return self.packed(results)

    def _beside(self):
        """The path of a layer without weights that is made while the model runs, and is no part of it."""
        place = f"{STATE.scopes[-1]}.{self.name}".lstrip(".")
        path, count = place, 1
        while path in STATE.beside:
            count += 1
            path = f"{place}#{count}"
        STATE.beside[path] = {
            "path": path, "class": type(self).__name__, "kind": self._kind_, "hyper": self.hyper(), "same_as": None,
            "built": self.taken(), "parameters": [], "buffers": [],
        }  # fmt: skip
        STATE.module_paths[id(self)] = path
        STATE.keep.append(self)
        return path

    def packed(self, results):
        return results[0] if len(results) == 1 else results

    def tensors(self, inputs, args, kwargs):
        """The tensors that flow in, in the order of the rule."""
        found = tensors_in(inputs)
        if not found:
            raise ValueError(f"Layer {self.name} takes tensors, received {inputs!r:.60}.")
        if self._inputs_ and len(found) != self._inputs_:
            raise ValueError(
                f'Layer "{self.name}" expects {self._inputs_} input(s), but it received {len(found)} input tensors.'
            )
        return found

    def fit(self, tensors):
        """Refuse tensors that do not fit."""

    def kind_of(self, tensors, place):
        """The type of the numbers of an output."""
        return self.compute_dtype

    def shaped(self, tensors):
        """The output shapes in each run."""
        found = []
        for run in range(RUNS):
            if found and all([one._runs[run] == one._runs[0] for one in tensors]):
                found.append(found[0])
                continue
            try:
                found.append([tuple(one) for one in self.outputs([one._runs[run] for one in tensors])])
            except ValueError:
                if not found:
                    raise
                found.append(found[0])  # only a size that is left open does not fit
        return found

    def compute_output_shape(self, *given, **named_shapes):
        shapes = [*given, *named_shapes.values()]
        flat = []

        def walk(value):
            if value is None:
                return
            if is_shape(value):
                flat.append(make(_opened(value)))
            else:
                for one in value:
                    walk(one)

        walk(shapes)
        results = [
            tuple(make([one[place] for one in self.shaped(flat)]).shape) for place in range(len(self.shaped(flat)[0]))
        ]
        return results[0] if len(results) == 1 else results

    def rank(self, tensors, count):
        """Refuse a tensor of another number of dimensions."""
        if len(tensors[0].shape) != count:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected ndim={count}, found '
                f"ndim={len(tensors[0].shape)}. Full shape received: {tuple(tensors[0].shape)}"
            )

    def taken(self):
        """What flowed in first, without the batch: what the weights were made for."""
        return self.__dict__.get("_taken", [])

    def hyper(self):
        """The arguments that are not Keras's defaults, as the trace has them."""
        found = {}
        for name, parameter in parameters(self._kind_).parameters.items():
            if name in (
                "kwargs",
                "name",
                "dtype",
                "trainable",
                "activity_regularizer",
                "layer",
                "cell",
                "backward_layer",
            ):
                continue
            if name not in self._given:
                continue
            value = self._given[name]
            if name == "activation" or name.endswith("_activation"):
                value = named(value)
            if value != parameter.default and _plain(value):
                found[name] = list(value) if isinstance(value, tuple) else value
        return found

    def parts(self):
        """The weights under this layer with the names they have in it."""
        return [(one.name, one) for one in self.weights]

    def get_config(self):
        return {**super().get_config(), **{key: value for key, value in self._given.items() if key != "weights"}}


def _opened(shape):
    from keras._tensor import opened

    return opened(shape)


def _plain(value):
    if isinstance(value, (list, tuple)):
        return all([_plain(one) for one in value])
    return value is None or isinstance(value, (bool, int, float, str))


def wholes(layer, name, count, least=1):
    """Whole numbers, one for each dimension.

    Raises:
        ValueError: as Keras does, where they are not.
    """
    value = getattr(layer, name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = (value,) * count
    try:
        found = tuple([one.__index__() for one in value])
    except (TypeError, AttributeError):
        found = ()
    if len(found) != count or any(one < least for one in found):
        raise ValueError(
            f"The `{name}` argument must be a tuple of {count} integers >= {least}. Received: {getattr(layer, name)!r}"
        )
    return found


def unsupported(layer, what):
    """What a layer of this name has in Keras, and no rule here."""
    raise stop("unsupported", f"{layer._kind_} {what} is not supported.")


def described(layer):
    """A layer as an argument of another in the trace."""
    return {"kind": layer._kind_, **layer.hyper()}


def is_leaf(layer):
    """Whether a layer is Keras's own, and nobody has derived from it."""
    return layer._kind_ is not None and type(layer) is getattr(layer, "_leaf_class_", None)
