"""Dense layers and embeddings."""

from keras._leaf import Leaf, leaf, unsupported
from keras._spatial import activates


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
