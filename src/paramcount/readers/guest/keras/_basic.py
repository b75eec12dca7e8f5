"""Layers that keep the shape, join, reshape, normalise; dense layers and embeddings."""

from paramcount_guest.state import stop

from keras import _inert
from keras._dispatch import DEPTH
from keras._leaf import Leaf, leaf, unsupported
from keras._shapes import from_shapes
from keras._shapes import shapes as shapes_in
from keras._spatial import activates
from keras._tensor import tensors_in
from paramcount.operations import OPERATIONS, OperationError
from paramcount.operations.rules import broadcast


@leaf(
    "Activation", "ReLU", "LeakyReLU", "ELU", "Softmax", "Dropout", "AlphaDropout", "GaussianDropout", "GaussianNoise",
    "ActivityRegularization", "Masking", "Identity", "UnitNormalization", "Rescaling", "AutoContrast",
    "RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast", "RandomErasing", "RandomFlip",
    "RandomGaussianBlur", "RandomGrayscale", "RandomHue", "RandomInvert", "RandomPerspective", "RandomPosterization",
    "RandomRotation", "RandomSaturation", "RandomSharpness", "RandomShear", "RandomTranslation", "RandomZoom",
    "RandomElasticTransform", "RandAugment", "AugMix", "Equalization", "Solarization",
)  # fmt: skip
class Unchanged(Leaf):
    def check(self):
        if "activation" in self._given:
            activates(self)
        if self._kind_ in ("Dropout", "AlphaDropout", "GaussianDropout") and not 0 <= self.rate <= 1:
            raise ValueError(
                f"Invalid value received for argument `rate`. Expected a float value between 0 and 1. Received: rate={self.rate}"
            )
        if self._kind_ == "LeakyReLU" and (self.negative_slope is None or self.negative_slope < 0):
            raise ValueError(
                f"The negative_slope value of a Leaky ReLU layer cannot be None or negative value. Expected a float. Received: negative_slope={self.negative_slope}"
            )

    def kind_of(self, tensors, place):
        return tensors[0].dtype


@leaf("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D")
class SpatialDropout(Leaf):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def fit(self, tensors):
        self.rank(tensors, self._dims_ + 2)


@leaf("PReLU")
class PReLU(Leaf):
    def build(self, input_shape):
        shape = list(input_shape[1:])
        shared = self.shared_axes
        for axis in () if shared is None else shared if isinstance(shared, (list, tuple)) else (shared,):
            shape[axis - 1] = 1
        self.alpha = self.add_weight(shape=shape, name="alpha")


@leaf("Dense")
class Dense(Leaf):
    def check(self):
        if isinstance(self.units, bool) or not hasattr(self.units, "__index__") or self.units <= 0:
            raise ValueError(
                f"Received an invalid value for `units`, expected a positive integer. Received: units={self.units}"
            )
        self.units = self.units.__index__()
        if self.lora_rank or self.quantization_config:
            unsupported(self, "with lora_rank or quantization_config")
        activates(self)

    def fit(self, tensors):
        shape = tensors[0].shape
        if len(shape) < 2:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected min_ndim=2, found ndim={len(shape)}. Full shape received: {tuple(shape)}'
            )
        if self.built and self._trainable_variables and shape[-1] not in (None, self._trainable_variables[0].shape[0]):
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected axis -1 of input shape to '
                f"have value {self._trainable_variables[0].shape[0]}, but received input with shape {tuple(shape)}"
            )

    def build(self, input_shape):
        if len(input_shape) < 2:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected min_ndim=2, found ndim={len(input_shape)}.'
            )
        if input_shape[-1] is None:
            raise ValueError(
                f"The last dimension of the inputs of {self.name} should be defined. Found None: {tuple(input_shape)}."
            )
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), name="kernel")
        self.bias = self.add_weight(shape=(self.units,), name="bias") if self.use_bias else None

    def outputs(self, shapes):
        return [(*shapes[0][:-1], self.units)]


@leaf("EinsumDense")
class EinsumDense(Leaf):
    def check(self):
        activates(self)
        if isinstance(self.output_shape_, int):
            self.output_shape_ = (self.output_shape_,)

    def __setattr__(self, name, value):
        super().__setattr__("output_shape_" if name == "output_shape" else name, value)

    def _letters(self, rank):
        """The letters of input, kernel and output, the dots written out."""
        left, out = self.equation.replace(" ", "").split("->")
        ins, kernel = left.split(",")
        spare = "".join([letter for letter in "0123456789" if letter not in left])
        dots = spare[: rank - len(ins.replace("...", ""))] if "..." in ins else ""
        return ins.replace("...", dots), kernel, out.replace("...", dots)

    def build(self, input_shape):
        ins, kernel, out = self._letters(len(input_shape))
        if len(ins) != len(input_shape):
            raise ValueError(f"EinsumDense {self.equation!r} does not fit an input of shape {tuple(input_shape)}")
        wanted = list(self.output_shape_)
        if len(wanted) == len(out) - 1:
            wanted = [input_shape[0], *wanted]
        elif len(wanted) < len(out):
            wanted = [None] * (len(out) - len(wanted)) + wanted
        sizes = dict(zip(out, wanted))
        for letter, size in zip(ins, input_shape):
            if sizes.get(letter) is not None and size is not None and sizes[letter] != size and letter in kernel:
                raise ValueError(
                    f"Input shape and output shape do not match at shared dimension '{letter}'. Input shape is {size}, and output shape is {sizes[letter]}."
                )
            if size is not None or letter not in sizes:
                sizes[letter] = size
        self.sizes_ = {letter: sizes.get(letter) for letter in kernel}
        self.kernel = self.add_weight(shape=[sizes[letter] for letter in kernel], name="kernel")
        if self.bias_axes:
            places = [out.index(letter) for letter in self.bias_axes]
            full = [sizes[letter] if letter in self.bias_axes else 1 for letter in out]
            self.bias = self.add_weight(shape=full[min(places) :], name="bias")

    def outputs(self, shapes):
        ins, _, out = self._letters(len(shapes[0]))
        sizes = {**self.sizes_, **dict(zip(ins, shapes[0]))}
        return [tuple([sizes[letter] for letter in out])]


@leaf("Embedding")
class Embedding(Leaf):
    def build(self, input_shape=None):
        self.embeddings = self.add_weight(shape=(self.input_dim, self.output_dim), name="embeddings")

    def check(self):
        if self.lora_rank or self.quantization_config:
            unsupported(self, "with lora_rank or quantization_config")

    def outputs(self, shapes):
        return [(*shapes[0], self.output_dim)]


class _Axes(Leaf):
    """Weights along some dimensions."""

    def axes(self, shape):
        found = self.axis if isinstance(self.axis, (list, tuple)) else (self.axis,)
        for axis in found:
            if not -len(shape) <= axis < len(shape):
                raise ValueError(
                    f"Invalid value for `axis` argument. Expected {-len(shape)} <= axis < {len(shape)}. Received: axis={self.axis}"
                )
        return [shape[axis] for axis in found]


@leaf("BatchNormalization")
class BatchNormalization(_Axes):
    def check(self):
        if isinstance(self.axis, (list, tuple)):
            raise TypeError(
                f"int() argument must be a string, a bytes-like object or a real number, not '{type(self.axis).__name__}'"
            )

    def build(self, input_shape):
        shape = self.axes(input_shape)
        if self.renorm:
            unsupported(self, "with renorm")
        for name, wanted, trainable in (
            ("gamma", self.scale, True), ("beta", self.center, True), ("moving_mean", True, False),
            ("moving_variance", True, False),
        ):  # fmt: skip
            setattr(self, name, self.add_weight(shape=shape, name=name, trainable=trainable) if wanted else None)


@leaf("LayerNormalization")
class LayerNormalization(_Axes):
    def build(self, input_shape):
        shape = self.axes(input_shape)
        self.gamma = self.add_weight(shape=shape, name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=shape, name="beta") if self.center else None


@leaf("RMSNormalization")
class RMSNormalization(_Axes):
    def build(self, input_shape):
        self.scale = self.add_weight(shape=self.axes(input_shape), name="scale")


@leaf("GroupNormalization")
class GroupNormalization(_Axes):
    def build(self, input_shape):
        (channels,) = self.axes(input_shape)
        groups = channels if self.groups == -1 else self.groups
        if groups is not None and groups < 1:
            raise ValueError(
                f"Received an invalid value for argument `groups`, expected a positive integer (or `-1` for instance normalization). Received: groups={groups}"
            )
        if channels is None or groups > channels or channels % groups:
            raise ValueError(f"Number of groups ({self.groups}) must divide the number of channels ({channels}).")
        self.gamma = self.add_weight(shape=(channels,), name="gamma") if self.scale else None
        self.beta = self.add_weight(shape=(channels,), name="beta") if self.center else None


@leaf("Normalization")
class Normalization(Leaf):
    def build(self, input_shape):
        axis = self.axis
        axes = () if axis is None else axis if isinstance(axis, (list, tuple)) else (axis,)
        shape = [input_shape[one] for one in sorted([one % len(input_shape) for one in axes])]
        if (self.mean is None) != (self.variance is None):
            raise ValueError("When setting values directly, both `mean` and `variance` must be set.")
        if self.mean is None:
            self.adapt_mean = self.add_weight(shape=shape, name="mean", trainable=False)
            self.adapt_variance = self.add_weight(shape=shape, name="variance", trainable=False)
            self.count = self.add_weight(shape=(), name="count", trainable=False, dtype="int32")

    def adapt(self, data, *args, **kwargs):
        unsupported(self, "adapt()")

    def hyper(self):
        given = self.mean is not None
        return {**super().hyper(), **({"mean": 0.0, "variance": 1.0} if given else {})}


class _Merge(Leaf):
    _inputs_ = 0

    def tensors(self, inputs, args, kwargs):
        found = tensors_in(inputs)
        if not found:
            raise ValueError(
                f"A merge layer should be called on a list of inputs. Received: inputs={inputs!r:.60} (not a list of tensors)"
            )
        return found

    def outputs(self, shapes):
        try:
            return [broadcast(*shapes)]
        except OperationError:
            raise ValueError(
                f"Inputs have incompatible shapes. Received shapes {' and '.join(map(str, shapes))}"
            ) from None


@leaf("Add", "Multiply", "Average", "Maximum", "Minimum")
class Merge(_Merge):
    pass


@leaf("Subtract")
class Subtract(_Merge):
    def tensors(self, inputs, args, kwargs):
        found = super().tensors(inputs, args, kwargs)
        if len(found) != 2:
            raise ValueError(f"A `Subtract` layer should be called on exactly 2 inputs. Received: {len(found)}")
        return found


@leaf("Concatenate")
class Concatenate(_Merge):
    def outputs(self, shapes):
        try:
            return list(OPERATIONS["cat"].outputs(shapes, {"dim": self.axis}))
        except OperationError:
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
                f"Received: input_shape={list(shapes)}"
            ) from None


@leaf("Dot")
class Dot(_Merge):
    def outputs(self, shapes):
        one, other = shapes
        axes = self.axes if isinstance(self.axes, (list, tuple)) else (self.axes, self.axes)
        first, second = axes[0] % len(one), axes[1] % len(other)
        if one[first] != other[second]:
            raise ValueError(f"Dimension incompatibility: inputs have shapes {one} and {other}, axes={self.axes}.")
        rest = [*one[:first], *one[first + 1 :]], [*other[:second], *other[second + 1 :]]
        found = (*rest[0], *rest[1][1:])
        return [found if len(found) > 1 else (*found, 1)]


@leaf("Flatten")
class Flatten(Leaf):
    def outputs(self, shapes):
        total = 1
        for size in shapes[0][1:]:
            total *= size
        return [(shapes[0][0], total)]


@leaf("Reshape")
class Reshape(Leaf):
    def check(self):
        self.target_shape = tuple([self.target_shape] if isinstance(self.target_shape, int) else self.target_shape)
        self._given["target_shape"] = [-1 if one is None else one for one in self.target_shape]

    def outputs(self, shapes):
        wanted = [-1 if one is None else int(one) for one in self.target_shape]
        try:
            return [(shapes[0][0], *OPERATIONS["reshape"].outputs([shapes[0][1:]], {"shape": wanted})[0])]
        except OperationError:
            raise ValueError(
                "The total size of the tensor must be unchanged. Received: "
                f"input_shape={tuple(shapes[0][1:])}, target_shape={tuple(self.target_shape)}"
            ) from None


@leaf("Permute")
class Permute(Leaf):
    def check(self):
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise ValueError(f"Invalid permutation argument `dims` for Permute Layer. Received: dims={self.dims}")

    def outputs(self, shapes):
        if len(shapes[0]) != len(self.dims) + 1:
            raise ValueError(
                f'Input 0 of layer "{self.name}" is incompatible with the layer: expected ndim={len(self.dims) + 1}, found ndim={len(shapes[0])}.'
            )
        return [(shapes[0][0], *[shapes[0][dim] for dim in self.dims])]


@leaf("RepeatVector")
class RepeatVector(Leaf):
    def fit(self, tensors):
        self.rank(tensors, 2)

    def outputs(self, shapes):
        return [(shapes[0][0], self.n, shapes[0][1])]


@leaf("CategoryEncoding")
class CategoryEncoding(Leaf):
    def call(self, inputs, *args, **kwargs):
        unsupported(self, "on symbolic tensors")


class Lambda(Leaf):
    """A function as a layer: what it does stands in the trace, what it learns is refused."""

    _kind_ = "Lambda"

    def __setattr__(self, name, value):
        super().__setattr__("output_shape_" if name == "output_shape" else name, value)

    def call(self, inputs, mask=None, training=None):
        given = dict(self.arguments or {})
        code = getattr(self.function, "__code__", None)
        taken = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if code else ()
        if "mask" in taken:
            given["mask"] = mask
        if "training" in taken:
            given["training"] = training
        with DEPTH:
            return self.function(inputs, **given)

    def compute_output_shape(self, input_shape):
        return shapes_in(self.call(from_shapes(input_shape)))


def unknown_layer(name):
    """A layer that exists in Keras and has no rule here: it refuses to be made."""

    def refuse(self, *args, **kwargs):
        raise stop("unsupported", f"keras.layers.{name} is not supported.")

    return type(name, (Leaf,), {"__init__": refuse, "_kind_": name, "__module__": "keras.layers"})


__all__ = ["Lambda", "unknown_layer"]
_ = _inert
