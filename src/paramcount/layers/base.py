"""What every layer kind is made of: its fields, its rules and its spellings."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from math import prod
from typing import ClassVar, Literal, Self, cast

from pydantic import BaseModel, ConfigDict
from pydantic_core import CoreSchema, core_schema

from paramcount.errors import MissingError, ShapeError
from paramcount.expression import Expression, Quantity
from paramcount.expression import Literal as Number
from paramcount.layers.fields import AXES, Ints
from paramcount.shapes import Shape, elements, text
from paramcount.signature import Framework, Signature


@dataclass(frozen=True, slots=True)
class Tensor:
    """One parameter or buffer, named and shaped as the framework names and shapes it."""

    name: str
    shape: tuple[int, ...]
    trainable: bool = True
    role: Literal["weight", "bias", "norm", "statistic"] = "weight"
    """What it is for: only slips in an expected count are named by it."""
    buffer: bool = False
    """PyTorch: saved with the model, but no parameter."""

    @property
    def count(self) -> int:
        """How many numbers it holds."""
        return elements(self.shape)


def named_tensors(shapes: Mapping[str, tuple[int, ...]], *, trainable: bool) -> tuple[Tensor, ...]:
    """Make the parameters of these names and shapes; a name with "bias" in it is a bias."""
    return tuple(
        [Tensor(name, shape, trainable, role="bias" if "bias" in name else "weight") for name, shape in shapes.items()]
    )


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a derivation: a name for a reader, and the expression that holds the rest."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Example:
    """A worked example of a layer kind, with where its figures come from."""

    call: str
    parameters: int
    source: str
    input_shape: tuple[int, ...] | tuple[tuple[int, ...], ...] | None = None
    """One shape, or one for each input."""
    output_shape: tuple[int, ...] | None = None


ZERO: Expression = Number(0)


@dataclass(frozen=True, slots=True)
class Window:
    """Which input positions along one dimension an output position reads.

    Output position o reads o × stride − padding + tap × dilation for each tap below `kernel`. Where
    `transposed`, it reads each input position i from which a tap reaches it: o = i × stride − padding +
    tap × dilation. Negative padding crops.
    """

    kernel: int = 1
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    transposed: bool = False


type Reach = tuple[Window, ...] | Literal["same", "all", "unknown"]
"""What each output position reads: a window along each spatial dimension, the same position, every
position, or what cannot be told because positions lose their places."""


@dataclass(frozen=True, slots=True)
class Derivation:
    """What a layer comes to for the shapes that flow into it."""

    layer: "Layer"
    """The layer with everything filled in that was left to be inferred."""
    parameters: Expression = ZERO
    """Every parameter, trainable or not. Their number, as an expression."""
    tensors: tuple[Tensor, ...] = ()
    """Parameters and buffers, in the framework's order."""
    output_shape: Shape | None = None
    """The shape that comes out, batch excluded; None where not even its rank is known."""
    more_outputs: tuple[Shape | None, ...] = ()
    """Shapes of what comes out beside it: states, attention weights, indices."""
    reach: Reach = "same"
    """What each output position reads of the first input."""
    macs: Expression | None = ZERO
    """Multiply-accumulates for one sample; None where they depend on a size that is not known."""
    steps: tuple[Step, ...] = ()
    figures: tuple[tuple[str, Expression], ...] = ()
    """Further figures of the answer for one layer, by their names in it."""
    notes: tuple[str, ...] = ()
    facts: dict[str, int] = field(default_factory=dict[str, int])
    """Numbers that only the naming of slips in an expected count needs."""
    trainable: int = field(init=False, compare=False)
    """Parameters that are learnt."""
    non_trainable: int = field(init=False, compare=False)
    """Parameters that are not learnt."""
    buffers: int = field(init=False, compare=False)
    """Numbers in buffers, beside the parameters."""

    def __post_init__(self) -> None:
        trainable = non_trainable = buffers = 0
        for tensor in self.tensors:
            count = prod(tensor.shape)
            if tensor.buffer:
                buffers += count
            elif tensor.trainable:
                trainable += count
            else:
                non_trainable += count
        object.__setattr__(self, "trainable", trainable)
        object.__setattr__(self, "non_trainable", non_trainable)
        object.__setattr__(self, "buffers", buffers)


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of layer: its names, and the model that checks and derives it.

    Kinds that differ in numbers only, such as Conv1d, Conv2d and Conv3d, share a model.
    """

    name: str
    """The canonical name, the `kind` of a JSON object."""
    about: str
    """What it does, in one line."""
    model: "type[Layer]"
    pytorch: Signature | None = None
    keras: Signature | None = None
    examples: tuple[Example, ...] = ()
    dims: int = 0
    """Spatial dimensions, where the kind has a number of them."""
    ranks: tuple[int, ...] = ()
    """How many dimensions may flow in, batch excluded; empty where any number may."""
    inputs: tuple[int, int | None] = (1, 1)
    """The fewest and the most inputs; None where any number may flow in."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        """Pickle as the name: a kind is found again, not copied."""
        from paramcount.layers import kind_named  # the registry reads this module, so it cannot be imported first

        return kind_named, (self.name,)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        """Layers take a kind as it is; to check what it is made of would have to be got ready for each model."""
        return core_schema.is_instance_schema(cls)

    def signature(self, framework: Framework) -> Signature | None:
        """How a framework spells it; None where the framework has no such layer."""
        return self.pytorch if framework == "pytorch" else self.keras


class Layer(BaseModel, ABC):
    """A layer, checked when it is made. Subclasses are families of kinds that share their rules.

    Fields are named as PyTorch names them; `framework` decides defaults, refusals and tensor names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True, arbitrary_types_allowed=True)

    sequences: ClassVar[frozenset[str]] = frozenset()
    """Fields that are written as a sequence even where it holds one number."""

    kind: Kind
    framework: Framework
    trainable: bool = True
    """False for a frozen layer: its parameters count as non-trainable (Keras's `trainable=False`)."""

    @property
    def signature(self) -> Signature:
        """How the layer's own framework spells it."""
        signature = self.kind.signature(self.framework)
        if signature is None:
            raise TypeError(f"{self.kind.name} does not exist in {self.framework}")
        return signature

    @property
    def channels_last(self) -> bool:
        """Whether the channels are the last dimension of what flows through."""
        return self.framework == "keras" and getattr(self, "data_format", None) != "channels_first"

    @abstractmethod
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        """Derive parameters, output shape and MACs from the shapes that flow in.

        Args:
            inputs: one shape for each input, batch excluded; None where nothing is known of it.

        Raises:
            ShapeError: an input does not fit the layer, or there are too few or too many.
            MissingError: a parameter count depends on a size that is not known.
        """

    def alternatives(self, derivation: Derivation, inputs: tuple[Shape | None, ...]) -> Iterable[Step]:  # noqa: ARG002 - kinds that have alternatives read them
        """What other layers between the same input and output would need."""
        return ()

    @cached_property
    def text(self) -> str:
        """The layer as its framework spells it, defaults left out."""
        fields: dict[str, object] = dict(self.__dict__)
        for name, value in fields.items():
            if type(value) is tuple and name not in self.sequences:
                fields[name] = _compact(cast("tuple[object, ...]", value), self.kind.dims)
        return self.signature.write(fields)

    def __str__(self) -> str:
        return self.text

    def filled(self, **fields: object) -> Self:
        """Copy the layer with fields filled in that were left to be inferred."""
        copy = self.model_copy(update=fields)
        vars(copy).pop("text", None)  # it is written for the fields as they were
        return copy


def _compact(items: tuple[object, ...], dims: int) -> object:
    """Write (3, 3) as 3 where it holds one number for each spatial dimension, and no shape."""
    if not dims and len(items) > 1:
        return items
    return items[0] if items and type(items[0]) is int and len(set(items)) == 1 else items


def _listed(names: Sequence[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


class Spatial(Layer):
    """A layer over channels and as many spatial dimensions as its kind says."""

    @property
    def dims(self) -> int:
        """The number of spatial dimensions."""
        return self.kind.dims

    @property
    def axes(self) -> tuple[str, ...]:
        """What the spatial dimensions are called."""
        return AXES[self.dims]

    def split(self, shape: Shape | None) -> tuple[int | None, Shape]:
        """Split a shape into channels and spatial dimensions, all unknown where the shape is.

        Raises:
            ShapeError: the shape has not `dims` + 1 dimensions.
        """
        if shape is None:
            return None, (None,) * self.dims
        if len(shape) != self.dims + 1:
            raise ShapeError(self._rank_message(shape))
        return (shape[-1], shape[:-1]) if self.channels_last else (shape[0], shape[1:])

    def join(self, channels: int | None, spatial: Iterable[int | None]) -> Shape:
        """Put channels and spatial dimensions into the framework's order."""
        return (*spatial, channels) if self.channels_last else (channels, *spatial)

    def along(self, name: str, values: Sequence[int], axis: int) -> Quantity:
        """Name the number that holds along one dimension; the step it stands in says which dimension."""
        return Quantity(name.removesuffix("_size"), values[axis])

    def each(self, size: Callable[[int], Expression], *numbers: Sequence[int] | None) -> tuple[Expression, ...]:
        """Derive the size along each dimension, once for dimensions of which all `numbers` are the same."""
        keys = list(zip(*[one for one in numbers if one is not None], strict=True))
        found: list[Expression] = []
        for axis, key in enumerate(keys):
            first = keys.index(key)
            found.append(size(axis) if first == axis else found[first])
        return tuple(found)

    def windows(
        self, sizes: Shape, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int], padding: object
    ) -> tuple[Window, ...]:
        """What each output position of a layer that moves windows reads.

        `padding` is a number for each dimension, or "valid", "same" or "causal"; what "same" puts before the first
        position depends in Keras on the size, and is that of a size which the stride divides where it is not known.
        """
        found: list[Window] = []
        for axis, size in enumerate(sizes):
            span = dilation[axis] * (kernel[axis] - 1) + 1
            before = 0
            if padding == "causal":
                before = span - 1
            elif padding == "same":
                step = stride[axis] if self.framework == "keras" else 1
                over = 0 if size is None else (-size) % step
                before = max(span - step + over, 0) // 2
            elif isinstance(padding, tuple):
                before = cast("Ints", padding)[axis]
            found.append(Window(kernel[axis], stride[axis], before, dilation[axis]))
        return tuple(found)

    def size_steps(self, outputs: Sequence[Expression]) -> list[Step]:
        """The output's size along each dimension, in one line where one derivation holds for several."""
        axes: dict[int, list[str]] = {}
        for axis, output in zip(self.axes, outputs, strict=True):
            axes.setdefault(id(output), []).append(axis)
        by_id = {id(output): output for output in outputs}
        return [Step(f"output {_listed(names)}", by_id[key]) for key, names in axes.items()]

    def layout(self) -> str:
        """Name the dimensions in the framework's order: [C, H, W]."""
        letters = [axis[0].upper() for axis in self.axes]
        return f"[{', '.join([*letters, 'C'] if self.channels_last else ['C', *letters])}]"

    def _rank_message(self, shape: Shape) -> str:
        batch = ""
        if len(shape) == self.dims + 2 and shape[0] in (None, 1):
            batch = f" Leave the batch out: {text(shape[1:])}."
        return f"takes {self.layout()}, {self.dims + 1} dimensions without the batch; {text(shape)} flows in.{batch}"


def agreed(layer: Layer, field_name: str, own: int | None, flowing: int | None, hint: str = "") -> int:
    """Agree on a size that the layer was given, that flows in, or both.

    Raises:
        ShapeError: the two differ.
        MissingError: neither is known.
    """
    if own is not None and flowing in (own, None):
        return own
    name = layer.signature.shown_as(field_name)
    if own is None:
        if flowing is None:
            parameter = layer.signature.by_name.get(name)
            own_way = "" if parameter is None or parameter.canonical_only else "it, or "
            raise MissingError(f"{name} is not known. Give {own_way}input_shape.{hint}")
        if flowing < 1:
            raise ShapeError(f"{name} would be {flowing}: nothing flows in.")
        return flowing
    raise ShapeError(f"{name}={own}, but {flowing} flow{'s' if flowing == 1 else ''} in.{hint}")
