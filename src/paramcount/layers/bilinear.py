"""Products of several dimensions: Bilinear and EinsumDense.

Source: torch.nn.Bilinear (out × in1 × in2 weights, one bias for each output), keras.layers.EinsumDense (the kernel has
a size for each letter of the equation's second operand).
"""

from dataclasses import dataclass
from typing import Annotated, override

from pydantic import BeforeValidator

from paramcount.errors import JoinError, LayerError, MissingError, ShapeError, sequence, shown
from paramcount.expression import Expression, Product, Quantity
from paramcount.layers.base import Derivation, Example, Kind, Layer, Step, Tensor, agreed
from paramcount.layers.common import KERAS_KERNEL, KERAS_LAYER
from paramcount.layers.fields import ActivationName, Flag, Natural, NotCounted, Positive, refuse, whole
from paramcount.limits import MAX_RANK
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored


class Bilinear(Layer):
    """y = x₁ᵀ A x₂ + b, over the last dimension of two inputs."""

    in1_features: Positive | None = None
    in2_features: Natural | None = None
    out_features: Natural
    bias: Flag = True

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        one, two = inputs
        if one is not None and two is not None and one[:-1] != two[:-1]:
            raise JoinError(
                f"Bilinear joins {text(one)} ({{first}}) with {text(two)} ({{second}}); all but the last size must "
                f"agree.", 0, 1
            )  # fmt: skip
        first = agreed(self, "in1_features", self.in1_features, one[-1] if one else None)
        second = agreed(self, "in2_features", self.in2_features, two[-1] if two else None)
        ins1, ins2 = Quantity("in1_features", first), Quantity("in2_features", second)
        outs = Quantity("out_features", self.out_features)
        weights: Expression = Product((outs, ins1, ins2))
        total = weights + outs if self.bias else weights
        tensors = [Tensor("weight", (self.out_features, first, second), self.trainable)]
        if self.bias:
            tensors.append(Tensor("bias", (self.out_features,), self.trainable, role="bias"))
        macs = self._macs(one, outs * (ins1 * ins2 + ins2))
        return Derivation(
            layer=self.filled(in1_features=first, in2_features=second),
            parameters=total,
            tensors=tuple(tensors),
            output_shape=(*one[:-1], self.out_features) if one else None,
            macs=macs,
            steps=(Step("weights", weights), Step("total", total), *((Step("MACs", macs),) if macs else ())),
        )

    def _macs(self, shape: Shape | None, each: Expression) -> Expression | None:
        """x₁ᵀ A takes in1 × in2 for each output, and its product with x₂ in2 more."""
        leading = [size for size in (shape or ())[:-1] if size is not None]
        if shape is not None and len(leading) < len(shape) - 1:
            return None
        return Product((*(Quantity("positions", size) for size in leading), each)) if leading else each


@dataclass(frozen=True, slots=True)
class Equation:
    """An einsum of an input and a kernel: ab,bc->ac or ...x,xy->...y."""

    inputs: str
    kernel: str
    outputs: str
    elided: str
    """Where the ellipsis stands: "left", "right" or nowhere."""


def _equation(value: object) -> str:
    if not isinstance(value, str) or len(value) > 100:
        raise refuse(f"must be a text such as 'ab,bc->ac', received {shown(value)}.")
    return value


def _output(value: object) -> tuple[int | None, ...]:
    items = sequence((value,) if type(value) is int else value)
    if not items or len(items) > MAX_RANK:
        raise refuse(f"must be a whole number or a list of them, received {shown(value)}.")
    return tuple([None if item is None else whole(item, 1) for item in items])


class EinsumDense(Layer):
    """Keras's EinsumDense."""

    equation: Annotated[str, BeforeValidator(_equation)]
    output_shape: Annotated[tuple[int | None, ...], BeforeValidator(_output)]
    activation: ActivationName = None
    bias_axes: str | None = None
    lora_rank: NotCounted = None

    def _read(self) -> Equation:
        """Take the equation apart.

        Raises:
            LayerError: it is not an einsum of an input and a kernel.
        """
        left, arrow, outputs = self.equation.replace(" ", "").partition("->")
        inputs, comma, kernel = left.partition(",")
        elided = ""
        if inputs.startswith("...") and outputs.startswith("..."):
            inputs, outputs, elided = inputs[3:], outputs[3:], "left"
        elif inputs.endswith("...") and outputs.endswith("..."):
            inputs, outputs, elided = inputs[:-3], outputs[:-3], "right"
        if not arrow or not comma or not (inputs + kernel + outputs).isalpha():
            raise LayerError(
                f"equation={self.equation!r} must be like 'ab,bc->ac', '...x,xy->...y' or 'ab...,bc->ac...'."
            )
        return Equation(inputs, kernel, outputs, elided)

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        equation, (shape,) = self._read(), inputs
        if shape is None:
            raise MissingError("the kernel's sizes depend on what flows in. Give input_shape.")
        full = (None, *shape)
        extra = len(full) - len(equation.inputs)
        if extra < 0 or (extra and not equation.elided):
            raise ShapeError(f"equation={self.equation!r} does not fit {text(shape)}.")
        output = self._output(equation, full, extra)
        sizes = self._sizes(equation, full, output, extra)
        kernel = [self._size(sizes, letter) for letter in equation.kernel]
        weights = Product(tuple([Quantity(letter, size) for letter, size in zip(equation.kernel, kernel, strict=True)]))
        tensors = [Tensor("kernel", tuple(kernel), self.trainable)]
        total: Expression = weights
        steps: list[Step] = []
        if self.bias_axes:
            bias = self._bias(equation, sizes, extra)
            count = Product(tuple([Quantity("size", size) for size in bias]))
            tensors.append(Tensor("bias", bias, self.trainable, role="bias"))
            steps = [Step("weights", weights), Step("biases", count)]
            total = weights + count
        macs = self._macs(equation, full, sizes, extra)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=tuple(tensors),
            output_shape=self._known(equation, output, sizes, extra),
            macs=macs,
            steps=(*steps, Step("total", total), *((Step("MACs", macs),) if macs else ())),
            reach="unknown",
        )

    def _output(self, equation: Equation, full: Shape, extra: int) -> Shape:
        """The whole output shape, batch first, as Keras puts it together."""
        own: list[int | None] = [full[0], *self.output_shape]
        if extra and equation.elided == "left":
            own[1:1] = full[1:extra]
        elif extra:
            own += full[len(full) - extra :]
        if len(own) != len(equation.outputs) + extra:
            raise ShapeError(f"output_shape={list(self.output_shape)} does not fit equation={self.equation!r}.")
        return tuple(own)

    def _known(self, equation: Equation, output: Shape, sizes: dict[str, int | None], extra: int) -> Shape:
        """The output with the sizes filled in that the input gives."""
        offset = extra if equation.elided == "left" else 0
        filled = list(output)
        for place, letter in enumerate(equation.outputs):
            filled[place + offset] = sizes[letter]
        return tuple(filled[1:])

    def _sizes(self, equation: Equation, full: Shape, output: Shape, extra: int) -> dict[str, int | None]:
        offset = extra if equation.elided == "left" else 0
        sizes: dict[str, int | None] = {}
        for place, letter in enumerate(equation.inputs):
            sizes[letter] = full[place + offset]
        for place, letter in enumerate(equation.outputs):
            size, known = output[place + offset], sizes.get(letter)
            if letter in sizes and size is not None and known is not None and size != known:
                raise ShapeError(f"{letter} is {known} in what flows in and {size} in output_shape.")
            sizes[letter] = size if size is not None else known
        return sizes

    def _size(self, sizes: dict[str, int | None], letter: str) -> int:
        if letter not in sizes:
            raise ShapeError(f"{letter} of equation={self.equation!r} stands neither in the input nor in the output.")
        size = sizes[letter]
        if size is None:
            raise MissingError(f"the size of {letter} in equation={self.equation!r} is not known. Give input_shape.")
        return size

    def _bias(self, equation: Equation, sizes: dict[str, int | None], extra: int) -> tuple[int, ...]:
        axes = self.bias_axes or ""
        if any(letter not in equation.outputs for letter in axes):
            raise ShapeError(f"bias_axes={axes!r} must stand in the output of equation={self.equation!r}.")
        first = min(equation.outputs.index(letter) for letter in axes)
        shape = [self._size(sizes, letter) if letter in axes else 1 for letter in equation.outputs[first:]]
        return tuple(shape if equation.elided == "left" else [*shape, *(1,) * extra])

    def _macs(self, equation: Equation, full: Shape, sizes: dict[str, int | None], extra: int) -> Expression | None:
        """The product of every size that takes part, batch left out."""
        elided = full[:extra] if equation.elided == "left" else full[len(full) - extra :] if extra else ()
        letters = dict.fromkeys(equation.inputs + equation.kernel)
        if equation.elided != "left" or not extra:
            letters.pop(equation.inputs[0], None)
        else:
            elided = elided[1:]
        factors = [Quantity("positions", size) for size in elided if size is not None]
        if len(factors) < len(elided) or any(sizes.get(letter) is None for letter in letters):
            return None
        return Product((*factors, *(Quantity(letter, sizes[letter] or 0) for letter in letters)))


KINDS = (
    Kind(
        "bilinear",
        "A product of two inputs with a matrix between them, for each output.",
        Bilinear,
        Signature(
            ("Bilinear",),
            (
                Parameter("in1_features", "in1_features", inferred=True),
                Parameter("in2_features", "in2_features", inferred=True),
                Parameter("out_features", "out_features"),
                Parameter("bias", "bias", True),
                *ignored("device", "dtype"),
            ),
        ),
        examples=(Example("Bilinear(3, 5, 7)", 112, "torch 2.14.1", ((3,), (5,)), (7,)),),
        inputs=(2, 2),
    ),
    Kind(
        "einsumdense",
        "Keras's dense layer over the dimensions that an equation names.",
        EinsumDense,
        keras=Signature(
            ("EinsumDense",),
            (
                Parameter("equation", "equation"),
                Parameter("output_shape", "output_shape"),
                Parameter("activation", "activation", None),
                Parameter("bias_axes", "bias_axes", None),
                *(one for one in KERAS_KERNEL if one.name != "activity_regularizer"),
                Parameter("lora_rank", "lora_rank", None),
                *ignored("lora_alpha", "gptq_unpacked_column_size", "quantization_config"),
                *KERAS_LAYER,
            ),
        ),
        examples=(
            Example('EinsumDense("ab,bc->ac", 64)', 2048, "keras 3.15.1", (32,), (64,)),
            Example('EinsumDense("abc,cd->abd", (None, 64), bias_axes="d")', 2112,
                    "keras.layers.EinsumDense, its example", (32, 32), (32, 64)),
        ),
    ),
)  # fmt: skip
