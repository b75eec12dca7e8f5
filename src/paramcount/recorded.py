"""Whole numbers that note what is done with them, and what was noted, compiled.

An answer is worked out once with `Recorded` numbers in the place of those that differ from call to call. What it comes
to then shows how it depends on them: which sums and products were formed, which comparisons decided something, and
where in its texts a number stands. A `Form` is that, as one function: for other numbers that decide alike it gives
the same answer as the rules would, without going through them.

    Recording ──number──▶ Recorded ──the rules──▶ answer with marks in it ──compiled──▶ Form

Nothing is noted by halves. A `Recorded` number is no int: where something asks for its value, the form holds for that
value alone, and where something cannot use it at all, that fails while it is recorded.
"""

import ast
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, cast

from paramcount.errors import sequence

if TYPE_CHECKING:
    from typing_extensions import TypeIs

type Form[A] = Callable[..., A | None]
"""The answer for other numbers; None where they decide otherwise than those that were recorded."""

_OPENING, _CLOSING = "\ue000", "\ue001"
"""Characters for private use, which no text of an answer has."""
_MARK: Final = re.compile(f"{_OPENING}(.*?):(.*?){_CLOSING}", re.DOTALL)
"""Where a number stands in a text: its name and its format."""

_COMPUTE: Final[Mapping[str, Callable[[int, int], int]]] = {
    "+": int.__add__, "-": int.__sub__, "*": int.__mul__, "//": int.__floordiv__, "%": int.__mod__,
}  # fmt: skip
_COMPARE: Final[Mapping[str, Callable[[int, int], bool]]] = {
    "==": int.__eq__, "!=": int.__ne__, "<": int.__lt__, "<=": int.__le__, ">": int.__gt__, ">=": int.__ge__,
}  # fmt: skip


class Recorded:
    """A whole number that notes what is done with it."""

    __slots__ = ("_recording", "name", "value")
    __hash__ = None  # type: ignore[assignment]  # what is looked up by a hash would not be noted

    def __init__(self, recording: "Recording", name: str, value: int) -> None:
        self._recording = recording
        self.name = name
        self.value = value

    def _computed(self, left: object, sign: str, right: object) -> "Recorded":
        if not (isinstance(left, int | Recorded) and isinstance(right, int | Recorded)):
            return cast("Recorded", NotImplemented)
        value = _COMPUTE[sign](_value(left), _value(right))
        return self._recording.note(f"{_name(left)} {sign} {_name(right)}", value)

    def _decided(self, sign: str, other: object) -> bool:
        if isinstance(other, float):
            raise TypeError("a recorded number is compared with a float")
        if not isinstance(other, int | Recorded):
            return cast("bool", NotImplemented)
        holds = _COMPARE[sign](self.value, _value(other))
        self._recording.decide(f"{self.name} {sign} {_name(other)}", holds=holds)
        return holds

    def __add__(self, other: "int | Recorded") -> "Recorded":
        return self if type(other) is int and other == 0 else self._computed(self, "+", other)

    def __radd__(self, other: int) -> "Recorded":
        return self + other

    def __sub__(self, other: "int | Recorded") -> "Recorded":
        return self._computed(self, "-", other)

    def __rsub__(self, other: int) -> "Recorded":
        return self._computed(other, "-", self)

    def __mul__(self, other: "int | Recorded") -> "Recorded":
        return self if type(other) is int and other == 1 else self._computed(self, "*", other)

    def __rmul__(self, other: int) -> "Recorded":
        return self * other

    def __floordiv__(self, other: "int | Recorded") -> "Recorded":
        return self._computed(self, "//", other)

    def __rfloordiv__(self, other: int) -> "Recorded":
        return self._computed(other, "//", self)

    def __mod__(self, other: "int | Recorded") -> "Recorded":
        return self._computed(self, "%", other)

    def __rmod__(self, other: int) -> "Recorded":
        return self._computed(other, "%", self)

    def __divmod__(self, other: "int | Recorded") -> "tuple[Recorded, Recorded]":
        return self // other, self % other

    def __rdivmod__(self, other: int) -> "tuple[Recorded, Recorded]":
        return other // self, other % self

    def __neg__(self) -> "Recorded":
        return self._computed(0, "-", self)

    def __eq__(self, other: object) -> bool:
        return self._decided("==", other)

    def __ne__(self, other: object) -> bool:
        return self._decided("!=", other)

    def __lt__(self, other: object) -> bool:
        return self._decided("<", other)

    def __le__(self, other: object) -> bool:
        return self._decided("<=", other)

    def __gt__(self, other: object) -> bool:
        return self._decided(">", other)

    def __ge__(self, other: object) -> bool:
        return self._decided(">=", other)

    def __bool__(self) -> bool:
        return self != 0

    def __index__(self) -> int:
        self._recording.decide(f"{self.name} == {_name(self.value)}", holds=True)
        return self.value

    def __format__(self, spec: str) -> str:
        return f"{_OPENING}{self.name}:{spec}{_CLOSING}"

    def __str__(self) -> str:
        return format(self)

    def __repr__(self) -> str:
        return format(self)


def is_whole(value: object) -> "TypeIs[int]":
    """Whether it is a whole number, or one that is recorded, which stands for it; True and False are none."""
    return type(value) is int or type(value) is Recorded


class Recording:
    """What was noted while one answer was worked out."""

    def __init__(self) -> None:
        self._given: list[str] = []
        self._made: dict[str, Recorded] = {}
        self._lines: dict[str, None] = {}  # in their order, each once

    def number(self, value: int) -> Recorded:
        """One of the numbers that differ; a form takes them in the order in which they were made."""
        self._given.append(f"given_{len(self._given)}")
        return Recorded(self, self._given[-1], value)

    def note(self, working: str, value: int) -> Recorded:
        """Note how a number was computed."""
        if working not in self._made:
            made = self._made[working] = Recorded(self, f"made_{len(self._made)}", value)
            self._lines[f"{made.name} = {working}"] = None
        return self._made[working]

    def decide(self, comparison: str, *, holds: bool) -> None:
        """Note what a comparison came to."""
        self._lines[f"if {'not ' if holds else ''}{comparison}: return None"] = None

    def compiled[A](self, answer: A) -> Form[A]:
        """What was noted, as a function of the numbers.

        Args:
            answer: dicts, lists and tuples of texts, numbers and None.

        Raises:
            TypeError: there is something else in it.
            ValueError: a text in it has the characters in it that mark a number.
        """
        lines = (f"def form({', '.join(self._given)}):", *self._lines, "return None")
        module = ast.parse("\n    ".join(lines))
        (function,) = module.body
        cast("ast.Return", cast("ast.FunctionDef", function).body[-1]).value = self._written(answer)
        found: dict[str, Form[A]] = {}
        code = compile(ast.fix_missing_locations(module), "<form>", "exec")
        exec(code, {"__builtins__": {}}, found)  # noqa: S102 - of the names given here, digits and constants
        return found["form"]

    def _written(self, answer: object) -> ast.expr:
        """An answer as an expression that makes it anew."""
        if isinstance(answer, Recorded):
            return ast.Name(answer.name, ast.Load())
        if isinstance(answer, str):
            return self._text(answer)
        if isinstance(answer, dict):
            fields = cast("dict[str, object]", answer)
            return ast.Dict([ast.Constant(name) for name in fields], [self._written(one) for one in fields.values()])
        items = sequence(answer)
        if items is not None:
            written = [self._written(item) for item in items]
            return ast.Tuple(written, ast.Load()) if isinstance(answer, tuple) else ast.List(written, ast.Load())
        if answer is None or isinstance(answer, int | float):
            return ast.Constant(answer)
        raise TypeError(f"an answer with a {type(answer).__name__} in it cannot be made anew")

    def _text(self, text: str) -> ast.expr:
        """A text, with a gap where a number stands."""
        before, *marked = _MARK.split(text)
        pieces: list[ast.expr] = [ast.Constant(before)]
        names = {*self._given, *(made.name for made in self._made.values())}
        for name, spec, after in zip(marked[::3], marked[1::3], marked[2::3], strict=True):
            if name not in names:
                raise ValueError(f"{text!r:.60} has characters in it that mark a number")
            shown = ast.JoinedStr([ast.Constant(spec)]) if spec else None
            pieces += [ast.FormattedValue(ast.Name(name, ast.Load()), -1, shown), ast.Constant(after)]
        return pieces[0] if len(pieces) == 1 else ast.JoinedStr(pieces)


def _value(number: int | Recorded) -> int:
    return number.value if isinstance(number, Recorded) else number


def _name(number: int | Recorded) -> str:
    return number.name if isinstance(number, Recorded) else f"({number:d})"
