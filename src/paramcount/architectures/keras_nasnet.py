"""NASNet, as keras.applications builds it. Each cell sees the two values before it."""

from dataclasses import dataclass

from pydantic import StrictBool

from paramcount.architectures.base import Layers, Size, Variant, call, family, named, on, sequential
from paramcount.architectures.keras_units import Pooling, top
from paramcount.notation import Call, Name


@dataclass(frozen=True, slots=True)
class _Value:
    """A value that cells see: its name, how often its size was halved, and its channels."""

    name: str
    halved: int
    channels: int


@dataclass(slots=True)
class _Cells:
    """The network while it is built."""

    layers: Layers
    flowing: _Value
    before: _Value | None = None

    def add(self, name: str, filters: int, *, reduces: bool) -> None:
        """Put a cell after what flows."""
        seen = self.before or self.flowing
        adjusted = _adjusted(seen, self.flowing, filters) if self.before else []
        items: Layers = [
            named("p", on(sequential(*adjusted), Name(seen.name))),
            named("h", on(sequential(*_unit(filters)), Name(self.flowing.name))),
        ]
        items += _reduction(filters) if reduces else _normal(filters)
        self.layers.append(named(name, sequential(*items)))
        previous, self.before = self.flowing, self.flowing
        self.flowing = _Value(name, previous.halved + reduces, (4 if reduces else 6) * filters)


@family(
    "Zoph et al. 2017; keras.applications",
    {
        "NASNetMobile": Variant(5_326_716, 4, 1056, 32, False),
        "NASNetLarge": Variant(88_949_818, 6, 4032, 96, True, input_shape=(331, 331, 3)),
    },
    framework="keras",
)
def keras_nasnet(
    blocks: int,
    penultimate: int,
    stem: int,
    skips: bool,
    *,
    num_classes: Size = 1000,
    include_top: StrictBool = True,
    pooling: Pooling = None,
) -> Layers:
    """Cells that a search found, some of which halve the size."""
    filters = penultimate // 24
    first: Layers = [
        named("stem_conv1", call("Conv2D", stem, 3, strides=2, use_bias=False)),
        named("stem_bn1", call("BatchNormalization")),
    ]
    cells = _Cells(first, _Value("stem_bn1", 0, stem))
    cells.add("stem_1", filters // 4, reduces=True)
    cells.add("stem_2", filters // 2, reduces=True)
    for stage in range(3):
        width = filters * 2**stage
        if stage:
            kept = cells.before
            cells.add(f"reduce_{stage * blocks}", width, reduces=True)
            if skips:
                cells.before = kept
        for index in range(blocks):
            cells.add(f"normal_{stage * blocks + index + (stage > 0)}", width, reduces=False)
    return [*cells.layers, named("relu", call("Activation", "relu")), *top(num_classes, include_top, pooling)]


def _relu() -> Call:
    return call("Activation", "relu")


def _unit(filters: int) -> list[Call]:
    return [_relu(), call("Conv2D", filters, 1, padding="same", use_bias=False), call("BatchNormalization")]


def _adjusted(seen: _Value, flowing: _Value, filters: int) -> list[Call]:
    """What makes the value before last of the size and the channels of a cell."""
    if seen.halved != flowing.halved:
        half = call("Conv2D", filters // 2, 1, padding="same", use_bias=False)
        pool = call("AveragePooling2D", 1, strides=2)
        moved = (call("ZeroPadding2D", ((0, 1), (0, 1))), call("Cropping2D", ((1, 0), (1, 0))))
        return [_relu(), call("Concatenate", [pool, half], [*moved, pool, half]), call("BatchNormalization")]
    return [] if seen.channels == filters else _unit(filters)


def _separable(value: str, filters: int, kernel: int = 3, strides: int = 1) -> Call:
    """Two separable convolutions on a value."""
    parts: list[Call] = []
    for moves in (strides, 1):
        conv = call("SeparableConv2D", filters, kernel, strides=moves, padding="same", use_bias=False)
        parts += [_relu(), conv, call("BatchNormalization")]
    return on(sequential(*parts), Name(value))


def _pool(kind: str, value: str, strides: int = 1) -> Call:
    return on(call(f"{kind}Pooling2D", 3, strides=strides, padding="same"), Name(value))


def _joined(label: str, kind: str, *values: object) -> Call:
    return named(label, on(call(kind), *values))


def _normal(filters: int) -> list[Call]:
    return [
        _joined("x1", "Add", _separable("h", filters, 5), _separable("p", filters)),
        _joined("x2", "Add", _separable("p", filters, 5), _separable("p", filters)),
        _joined("x3", "Add", _pool("Average", "h"), Name("p")),
        _joined("x4", "Add", _pool("Average", "p"), _pool("Average", "p")),
        _joined("x5", "Add", _separable("h", filters), Name("h")),
        _joined("x", "Concatenate", *(Name(name) for name in ("p", "x1", "x2", "x3", "x4", "x5"))),
    ]


def _reduction(filters: int) -> list[Call]:
    return [
        _joined("x1", "Add", _separable("h", filters, 5, 2), _separable("p", filters, 7, 2)),
        _joined("x2", "Add", _pool("Max", "h", 2), _separable("p", filters, 7, 2)),
        _joined("x3", "Add", _pool("Average", "h", 2), _separable("p", filters, 5, 2)),
        _joined("x4", "Add", Name("x2"), _pool("Average", "x1")),
        _joined("x5", "Add", _separable("x1", filters), _pool("Max", "h", 2)),
        _joined("x", "Concatenate", *(Name(name) for name in ("x2", "x3", "x4", "x5"))),
    ]
