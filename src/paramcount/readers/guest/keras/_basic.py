"""Layers that keep the shape, or reshape."""

from paramcount_guest.state import stop

from keras._dispatch import DEPTH
from keras._leaf import Leaf, leaf, unsupported
from keras._shapes import from_shapes
from keras._shapes import shapes as shapes_in
from keras._spatial import activates
from paramcount.operations import OPERATIONS, OperationError


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
