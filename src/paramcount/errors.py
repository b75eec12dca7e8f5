"""The errors paramcount raises on purpose.

    ParamcountError             (a ValueError) what the caller gave cannot be answered
    ├── NotationError           the text is not in the notation
    ├── UnknownNameError        no such layer, argument or field; names what comes close
    ├── LayerError              a value breaks a rule of the layer
    ├── ShapeError              what flows in does not fit
    │   └── JoinError           two inputs do not fit each other
    ├── MissingError            the answer depends on something that was not given
    ├── LimitError              a bound was reached
    └── SeveralErrors           more than one of these, reported together

A message states the rule, the value received and a way out; the frames around it add the place.
"""

import difflib
import re
from collections.abc import Iterable, Sequence, Sized
from typing import TYPE_CHECKING, Self, cast

from paramcount.limits import MAX_EXACT, MAX_LISTED, MAX_MISTAKES

_STEM = 4
"""Characters from which on a name's beginning tells what is meant."""

_MOST_NEAR = 6
"""Names that are suggested."""

if TYPE_CHECKING:
    from paramcount.report import NetworkReport


class ParamcountError(ValueError):
    """What the caller gave cannot be answered. `str()` of it stands alone."""

    def __init__(self, message: str, *, place: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.place = place
        self.report: NetworkReport | None = None
        """The answer as far as it got, where a network failed part of the way."""

    def within(self, place: str) -> Self:
        """Put `place` before the places that are known already."""
        self.place = (place, *self.place)
        return self

    def __str__(self) -> str:
        return ": ".join((*self.place, self.message))


class NotationError(ParamcountError):
    """The text is not in the notation."""


class UnknownNameError(ParamcountError):
    """No layer, argument or field has this name."""


class LayerError(ParamcountError):
    """A value breaks a rule of the layer."""


class ShapeError(ParamcountError):
    """What flows into a layer does not fit it."""


class JoinError(ShapeError):
    """Two inputs of a layer do not fit each other. `rule` holds {first} and {second} for their names."""

    def __init__(self, rule: str, first: int, second: int) -> None:
        self.rule = rule
        self.inputs = (first, second)
        super().__init__(rule.format(first=f"input {first + 1}", second=f"input {second + 1}"))

    def naming(self, names: Sequence[str]) -> Self:
        """Say which layers the inputs come from."""
        first, second = (names[index] for index in self.inputs)
        self.message = self.rule.format(first=first, second=second)
        return self


class MissingError(ParamcountError):
    """The answer depends on something that was not given."""


class LimitError(ParamcountError):
    """A bound was reached."""


class SeveralErrors(ParamcountError):  # noqa: N818 - the name says that it holds errors
    """Several mistakes of one call, in `errors`, in the order they were found."""

    def __init__(self, errors: Sequence[ParamcountError]) -> None:
        self.errors = tuple(errors)
        super().__init__(f"{len(errors)} mistakes")

    def __str__(self) -> str:
        shown = [f"- {': '.join((*self.place, str(error)))}" for error in self.errors[:MAX_LISTED]]
        more = len(self.errors) - len(shown)
        if more > 0:
            shown.append(f"- and {more} more")
        at_least = "at least " if len(self.errors) >= MAX_MISTAKES else ""
        return "\n".join((f"{at_least}{len(self.errors)} mistakes:", *shown))


def enough(errors: Sequence[ParamcountError]) -> bool:
    """Whether so many mistakes were found that looking for more helps nobody."""
    return len(errors) >= MAX_MISTAKES


def raise_all(errors: Sequence[ParamcountError]) -> None:
    """Raise nothing, the one error, or all of them together."""
    flat = [one for error in errors for one in (error.errors if isinstance(error, SeveralErrors) else (error,))]
    if len(flat) == 1:
        raise flat[0]
    if flat:
        raise SeveralErrors(flat)


def sequence(value: object) -> tuple[object, ...] | None:
    """Return a list or tuple as a tuple, None for anything else."""
    return tuple(cast("list[object] | tuple[object, ...]", value)) if isinstance(value, list | tuple) else None


def closest(name: str, known: Iterable[str]) -> str:
    """Say which known names come close to `name`, as the end of a sentence; empty where none does.

    A name is close that is the same but for capitals, hyphens and underscores, that begins so, or that is like it.
    """
    by_plain: dict[str, list[str]] = {}
    for candidate in known:
        by_plain.setdefault(plain(candidate), []).append(candidate)
    asked = plain(name[:60])
    near = [asked] if asked in by_plain else []
    if not near and len(asked) >= _STEM:
        near = sorted((one for one in by_plain if one.startswith(asked)), key=lambda one: (len(one), one))
    if not near:
        matches = difflib.get_close_matches(asked, sorted(by_plain), n=3, cutoff=0.6)
        likeness = [difflib.SequenceMatcher(None, match, asked).ratio() for match in matches]
        near = [match for match, ratio in zip(matches, likeness, strict=True) if ratio > likeness[0] - 0.1]
    names = [candidate for match in near for candidate in sorted(by_plain[match])][:_MOST_NEAR]
    return f" Did you mean {' or '.join(names)}?" if names else ""


def plain(name: str) -> str:
    """A name without what people write differently: ResNet-50, resnet50 and ResNet_50 are one, and so is ViT-B/16."""
    return re.sub(r"[\s_./\-]", "", name.lower())


def shown(value: object, length: int = 60) -> str:
    """Show a received value in an error, cut to `length` characters."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 10**30:
        return "a number of more than 30 digits"
    whole = value
    if isinstance(value, str) and len(value) > length:
        return f"{value[: length - 3]!r}…"
    if isinstance(value, list | tuple | dict) and len(cast("Sized", value)) > length:
        return f"{len(cast('Sized', value))} values"
    try:
        text = repr(whole)
    except (RecursionError, ValueError):  # nested too deeply, or a number inside that is too long to print
        return "a value that is too large to show"
    return text if len(text) <= length else f"{text[: length - 1]}…"


def exact(value: int, what: str, way_out: str = "") -> int:
    """Return `value`, or refuse it by the name `what` where a JSON client would read it rounded."""
    if value > MAX_EXACT:
        raise LimitError(
            f"{what} would be {value}, above 2^53 - 1 ({MAX_EXACT}), which JSON clients read rounded.{way_out}"
        )
    return value
