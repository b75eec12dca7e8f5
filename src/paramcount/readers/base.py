"""What every reader is made of: what it is given, what is asked of it, and what it gives back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO, Final

from paramcount.derive import derive
from paramcount.errors import LayerError, LimitError, ParamcountError
from paramcount.limits import MAX_LAYERS
from paramcount.network import INPUT, Network
from paramcount.report import NetworkReport, Read
from paramcount.rewrite import write
from paramcount.shapes import Shape
from paramcount.signature import Framework

MAX_WRITTEN: Final = 60_000
"""Characters of notation in an answer."""

HEAD: Final = 4_000
"""Characters that a reader looks at to tell whether a text is its own."""

UNMISTAKABLE, LIKELY, POSSIBLE, NO = 1.0, 0.7, 0.3, 0.0
"""How sure a reader may be that a text is its own."""


@dataclass(frozen=True, slots=True)
class Given:
    """What is to be read: text, several texts by their paths, or a file that holds no text."""

    text: str = ""
    files: Mapping[str, str] = field(default_factory=dict[str, str])
    """Path → text, where there are several; `text` is that of the first."""
    name: str = ""
    """The file's path; "" where the text came without one."""
    stream: BinaryIO | None = None
    """The open file, where it holds no text."""

    @property
    def head(self) -> str:
        """How the text begins."""
        return self.text[:HEAD]


type Watch = Callable[[float], None]
"""Called with the seconds that a reading has taken so far, several times each second; it ends what raises."""


def first_of(several: Sequence[str], most: int, between: str = ", ") -> str:
    """The first of several names, and how many more there are."""
    more = f" and {len(several) - most} more" if len(several) > most else ""
    return between.join(several[:most]) + more


def unwatched(_seconds: float) -> None:
    """Watch nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked of a reader."""

    entry: str = ""
    """Which model, where there are several: "Net(num_classes=10)"."""
    input_shapes: tuple[Shape, ...] = ()
    """The shape of each input, batch excluded; empty where none is given."""
    framework: Framework | None = None
    most: int = MAX_LAYERS
    """How many layers the network may have."""
    watch: Watch = unwatched
    """Told how long it takes, by a reader that may take long; what it raises ends the reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader found."""

    network: Network
    read: Read

    def report(self, *, expected: int | None = None, as_layers: bool = False) -> NetworkReport:
        """Derive the network, and say what it was read from.

        Args:
            expected: a number of parameters to compare with.
            as_layers: whether to give the network in notation too.

        Raises:
            ParamcountError: as `derive`; its `report` says what was read too.
            LimitError: the notation would be too long.
        """
        try:
            report = derive(self.network, expected=expected)
        except ParamcountError as error:
            if error.report is not None:
                error.report = replace(error.report, read=self.read)
            raise
        notation = write(self.network) if as_layers else ""
        if len(notation) > MAX_WRITTEN:
            raise LimitError(
                f"the network in notation has {len(notation)} characters; at most {MAX_WRITTEN} are given."
            )
        return replace(report, read=self.read, notation=notation)


@dataclass(frozen=True, slots=True)
class Reader:
    """A format and what reads it.

    `likeness` looks at the beginning only and tells how sure it is, from 0 to 1; `read` raises
    ParamcountError where what it was given cannot be read, and never guesses.
    """

    format: str
    about: str
    """What it reads, in a few words, for errors and the reference."""
    likeness: Callable[[Given], float]
    read: Callable[[Given, Asked], Reading]
    suffixes: tuple[str, ...] = ()
    """How names of its files end, where they hold no text."""


def inputs(asked: Asked) -> tuple[tuple[str, Shape | None], ...]:
    """The inputs of a network of which what was read says nothing about them."""
    if len(asked.input_shapes) < 2:
        return ((INPUT, asked.input_shapes[0] if asked.input_shapes else None),)
    return tuple([(f"{INPUT}{number}", shape) for number, shape in enumerate(asked.input_shapes, start=1)])


def with_inputs(network: Network, asked: Asked) -> Network:
    """Give a network the input shapes that were asked for, in place of those that it was read with.

    Raises:
        LayerError: it has another number of inputs.
    """
    shapes = asked.input_shapes
    if not shapes:
        return network
    if len(shapes) != len(network.inputs):
        names = ", ".join(name for name, _ in network.inputs[:8])
        raise LayerError(f"input_shape holds {len(shapes)} shapes; the model has {len(network.inputs)} ({names}).")
    return replace(
        network, inputs=tuple([(name, shape) for (name, _), shape in zip(network.inputs, shapes, strict=True)])
    )
