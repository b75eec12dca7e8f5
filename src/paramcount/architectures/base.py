"""What the catalogue is made of: families of named networks, each a short function that writes layers.

    @family("He et al. 2015", variants={"resnet18": Variant(11_689_512, "BasicBlock", (2, 2, 2, 2)), …})
    def resnet(block, depths, *, num_classes: Size = 1000, in_channels: Size = 3, include_top: bool = True) -> Layers:
        return [call("Conv2d", in_channels, 64, 7, …).named("conv1"), …]

The positional arguments of the function are what its variants fix; the keyword arguments are the builder's, in
its own words, and every builder takes `num_classes`, `in_channels` and `include_top`.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated, Any, Final, cast

from pydantic import ConfigDict, Field, ValidationError, validate_call

from paramcount.errors import LayerError, ParamcountError, UnknownNameError, closest, raise_all, shown
from paramcount.limits import MAX_SIZE
from paramcount.notation import Assigned, Call
from paramcount.shapes import Shape
from paramcount.signature import Framework

type Layers = list[Call | Assigned]
"""What a family's function writes: the layers of a network, one after the other."""

Size = Annotated[int, Field(strict=True, ge=1, le=MAX_SIZE)]
"""A number of classes, channels or layers."""
Depth = Annotated[int, Field(strict=True, ge=1, le=1000)]
"""A number of blocks in a row."""
Factor = Annotated[float, Field(strict=True, gt=0, le=1000, allow_inf_nan=False)]
"""What widths are multiplied by."""
Rate = Annotated[float, Field(strict=True, ge=0, le=1)]
"""The share that is dropped."""

_IGNORED: Final[Mapping[Framework, frozenset[str]]] = {
    "pytorch": frozenset(("weights", "weights_backbone", "progress", "norm_layer", "init_weights")),
    "keras": frozenset(("weights", "input_tensor", "name", "classifier_activation", "weights_name")),
}
"""Arguments of the builders that change nothing that is counted; Keras's take their channels from what flows in."""

_ALSO: Final[Mapping[Framework, Mapping[str, str]]] = {
    "pytorch": {"pretrained": "weights"},
    "keras": {"classes": "num_classes"},
}
"""Arguments that have another name too."""


@dataclass(frozen=True)
class Beside:
    """Another count that people know the same network by."""

    total: int
    about: str
    """Whose count it is."""
    call: str = ""
    """How the catalogue makes it; "" where it does not."""

    def __str__(self) -> str:
        return f"{self.about}{f', {self.call}' if self.call else ''}: {self.total:,}"


@dataclass(frozen=True)
class Variant:
    """One named network of a family.

    `total` is what the framework counts with the builder's defaults; `given` what the variant fixes, in the
    order of the family's positional arguments; `defaults` what it presets of the builder's keyword arguments;
    `beside` other counts by which it is known.
    """

    total: int
    given: tuple[object, ...] = ()
    defaults: Mapping[str, object] = field(default_factory=dict[str, object])
    input_shape: Shape | None = None
    beside: tuple[Beside, ...] = ()

    def __init__(
        self,
        total: int,
        *given: object,
        input_shape: Shape | None = None,
        beside: tuple[Beside, ...] = (),
        **defaults: object,
    ) -> None:
        values = {"total": total, "given": given, "input_shape": input_shape, "beside": beside, "defaults": defaults}
        for name, value in values.items():
            object.__setattr__(self, name, value)


@dataclass(frozen=True)
class Architecture:
    """A named network."""

    name: str
    framework: Framework
    source: str
    total: int
    """What the framework counts with the builder's defaults."""
    input_shape: Shape
    """What it is usually given."""
    make: "Family"
    variant: Variant

    @property
    def builder(self) -> str:
        """Whose network it is: the last part of its source."""
        return self.source.rpartition("; ")[2]

    def layers(self, args: Sequence[object], kwargs: Mapping[str, object]) -> Layers:
        """Write the network's layers.

        Raises:
            ParamcountError: an argument is unknown or breaks a rule; all mistakes together.
        """
        if args:
            raise LayerError(f"takes keyword arguments only, received {shown(args[0])}. The signature is {self}.")
        given: dict[str, object] = {}
        problems: list[ParamcountError] = []
        known = self.make.parameters
        for name, value in kwargs.items():
            own = _ALSO[self.framework].get(name, name)
            if own in given:
                problems.append(LayerError(f"{own} is given twice."))
            elif own in known:
                given[own] = value
            elif own not in _IGNORED[self.framework]:
                hint = closest(name, known) or f" The signature is {self}."
                problems.append(UnknownNameError(f"has no argument {shown(name)}.{hint}"))
        raise_all(problems)
        try:
            return self.make.checked(*self.variant.given, **{**self.variant.defaults, **given})
        except ValidationError as error:
            raise_all([_explained(cast("Mapping[str, object]", one)) for one in error.errors(include_url=False)])
            raise

    @property
    def channels(self) -> int:
        """The channels of what it is usually given."""
        size = self.input_shape[-1 if self.framework == "keras" else 0]
        if size is None:
            raise TypeError(f"the channels of {self.name} are not known")
        return size

    def usual(self, channels: int, *, include_top: bool) -> Shape:
        """What Keras's builder gives its network by default."""
        return (*self.input_shape[:-1], channels) if include_top else (None, None, channels)

    def __str__(self) -> str:
        defaults = {name: one.default for name, one in self.make.parameters.items()} | dict(self.variant.defaults)
        if self.framework == "keras":  # where what flows in gives it
            defaults = {"num_classes": defaults.pop("num_classes"), "in_channels": self.channels} | defaults
        return f"{self.name}({', '.join(f'{name}={value!r}' for name, value in defaults.items())})"


@dataclass(frozen=True)
class Family:
    """A family of networks that one function writes."""

    source: str
    framework: Framework
    input_shape: Shape
    function: Callable[..., Layers]
    variants: Mapping[str, Variant]

    @cached_property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The builder's keyword arguments."""
        found = inspect.signature(self.function).parameters
        return {name: one for name, one in found.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}

    @cached_property
    def checked(self) -> Callable[..., Layers]:
        """The function, its arguments checked."""
        return validate_call(config=ConfigDict(arbitrary_types_allowed=True))(self.function)

    def architectures(self) -> Sequence[Architecture]:
        """Each network of the family."""
        return [
            Architecture(name, self.framework, self.source, one.total, one.input_shape or self.input_shape, self, one)
            for name, one in self.variants.items()
        ]


def family(
    source: str,
    variants: Mapping[str, Variant],
    *,
    framework: Framework = "pytorch",
    input_shape: Shape | None = None,
) -> Callable[[Callable[..., Layers]], Family]:
    """Make a family of a function.

    Args:
        source: the paper, and the builder that the function follows.
        variants: the networks by name, each with its published count.
        framework: whose layers it writes.
        input_shape: what its networks are usually given; 224 × 224 images where left out.
    """
    usual: Shape = (3, 224, 224) if framework == "pytorch" else (224, 224, 3)
    return lambda function: Family(source, framework, input_shape or usual, function, variants)


def call(name: str, *args: object, **kwargs: object) -> Call:
    """A layer or a block as it would be written."""
    return Call(name, args, kwargs)


def named(label: str, layer: Call) -> Call:
    """The same with a name."""
    return Call(layer.name, layer.args, layer.kwargs, label, layer.on)


def on(layer: Call, *values: object) -> Call:
    """A layer, called on values."""
    return Call(layer.name, layer.args, layer.kwargs, layer.label, values)


def sequential(*layers: Call | Assigned, **by_name: Call) -> Call:
    """Layers one after the other; those by name come last."""
    return Call("Sequential", (*layers, *(named(name, layer) for name, layer in by_name.items())), {})


def divisible(channels: float, divisor: int = 8, least: int | None = None) -> int:
    """The nearest multiple of `divisor` that is not more than a tenth below: `_make_divisible` of both frameworks."""
    rounded = max(least or divisor, int(channels + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * channels else rounded


def _explained(problem: Mapping[str, object]) -> LayerError:
    name = ".".join(map(str, cast("tuple[Any, ...]", problem["loc"])))
    message = str(problem["msg"])
    return LayerError(f"{name}: {message[:1].lower()}{message[1:]}, received {shown(problem.get('input'))}.")
