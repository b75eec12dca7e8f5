"""The notation: constructor calls as PyTorch and Keras write them, read without being evaluated.

    item    := [name "="] (call | name | "[" item, … "]")    side by side, with or without a comma
    call    := name "(" [argument, …] ")" ["(" value, … ")"]  the second brackets hold what it is called on
    argument := [name "="] value
    value   := number | string | True | False | None | sequence | mapping | call | name | value (+ - * / // %) value

`read` turns text into `Call`s; names mean nothing here yet. Numbers are bounded before they are
made, nesting before it is entered, and arithmetic after each operation.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import cast

from paramcount.errors import LimitError, NotationError, shown
from paramcount.limits import MAX_DEPTH, MAX_DIGITS, MAX_LAYERS, MAX_NAME, MAX_TEXT


@dataclass(frozen=True, slots=True)
class Name:
    """A bare name: something that is neither a literal nor called."""

    text: str

    def __repr__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Call:
    """A call: a name, its arguments, the name it is assigned to, and what its result is called on, if anything."""

    name: str
    args: tuple[object, ...]
    kwargs: dict[str, object]
    label: str | None = None
    on: tuple[object, ...] | None = None

    def __repr__(self) -> str:
        given = [*map(repr, self.args), *(f"{name}={value!r}" for name, value in self.kwargs.items())]
        on = "" if self.on is None else f"({', '.join(map(repr, self.on))})"
        return f"{f'{self.label} = ' if self.label else ''}{self.name}({', '.join(given)}){on}"


@dataclass(frozen=True, slots=True)
class Assigned:
    """A list of items, or a name, with the name that it is assigned to."""

    label: str
    value: list[object] | Name


type Found = Call | Name | Assigned | list[object]
"""What may stand as an item."""


_TOKEN = re.compile(
    r"""\#[^\n]*                                   # a comment gives no token
    |((?:[^\W\d]\w*(?:\.\w+)*)                     # a name, dotted or not: nn.Conv2d, features.0
    |(?:\d[\w.]*(?:(?<=[eE])[+-]\d+)?|\.\d\w*)     # a number, checked where it is read
    |"[^"\\\n]*"|'[^'\\\n]*'                       # a string
    |//|->|\*\*|[()\[\]{},:=+\-*%;→]
    |\S)                                           # anything else, refused where it is read
    """,
    re.VERBOSE,
)
_END = "\n"
_CONSTANTS: dict[str, object] = {"True": True, "False": False, "None": None}
_OPERATORS: dict[str, tuple[int, Callable[[float, float], float]]] = {
    "+": (1, lambda a, b: a + b),
    "-": (1, lambda a, b: a - b),
    "*": (2, lambda a, b: a * b),
    "/": (2, lambda a, b: a / b),
    "//": (2, lambda a, b: a // b),
    "%": (2, lambda a, b: a % b),
}
_CLOSING = {"(": ")", "[": "]", "{": "}"}


type Number = int | float

NO_VALUES: Mapping[str, Number] = {}


def read(text: str, *, most: int = MAX_LAYERS, values: Mapping[str, Number] = NO_VALUES) -> list[Found]:
    """Read the items of a text, in order.

    Args:
        text: notation, at most `MAX_TEXT` characters.
        most: how many items the text may hold at the outermost level.
        values: what names of numbers stand for.

    Raises:
        NotationError: the text is not in the notation; names line, column and what was expected.
        LimitError: the text is too long, too deep, or holds too large a number or too many calls.
    """
    if len(text) > MAX_TEXT:
        raise LimitError(f"The text has {len(text)} characters; at most {MAX_TEXT} are read.")
    return _Reader(text, values).items(most)


def evaluate(text: str, values: Mapping[str, Number]) -> object:
    """Read a text that holds one value, such as "2*w".

    Raises:
        NotationError: it holds something else.
    """
    reader = _Reader(text[: MAX_NAME + 1], values)
    value = reader.value()
    if len(text) > MAX_NAME or reader.tokens[reader.position] is not _END:
        raise NotationError(f"{shown(text)} is no number.")
    return value


class _Reader:
    """Reads one text, token by token."""

    __slots__ = ("depth", "position", "text", "tokens", "values")

    def __init__(self, text: str, values: Mapping[str, Number]) -> None:
        self.text = text
        self.values = values
        self.tokens = [token for token in _TOKEN.findall(text) if token]
        self.tokens += (_END, _END)  # two, since the reader looks one token ahead
        self.position = 0
        self.depth = 0

    def items(self, most: int) -> list[Found]:
        """Read everything: items separated by commas, arrows, semicolons or nothing."""
        found: list[Found] = []
        tokens = self.tokens
        while True:
            while tokens[self.position] in (",", ";", "->", "→"):
                self.position += 1
            if tokens[self.position] is _END:
                return found
            if len(found) >= most:
                raise LimitError(f"The text has more than {most} layers; at most {most} are read.")
            found.append(self._item())

    def _item(self) -> Found:
        tokens, start = self.tokens, self.position
        label = None
        if tokens[start + 1] == "=" and _is_name(tokens[start]):
            label = tokens[start]
            if label.startswith("self."):
                raise self._error(
                    start,
                    f"{shown(label)} = … is an attribute; in which order forward() runs them is not written here. "
                    "List the layers in the order in which they run, without 'self.'.",
                )
            self.position += 2
        value = self.value()
        if isinstance(value, Call):
            return Call(value.name, value.args, value.kwargs, label, value.on) if label else value
        if isinstance(value, Name):
            return Assigned(label, value) if label else value
        if isinstance(value, list):
            items = cast("list[object]", value)
            return Assigned(label, items) if label else items
        raise self._error(start, f"a layer is expected, such as Conv2d(3, 64, 3), not {shown(value)}.")

    def value(self, least: int = 1) -> object:
        """Read a value; of operators, only those that bind at least as tightly as `least`."""
        start = self.position
        value = self._operand()
        operator = self.tokens[self.position]
        while operator in _OPERATORS or operator == "**":
            if operator not in _OPERATORS:
                raise self._error(self.position, f"{operator!r} is not supported; use + - * / // and %.")
            binding, apply = _OPERATORS[operator]
            if binding < least:
                break
            self.position += 1
            right = self.value(binding + 1)
            value = self._apply(start, operator, apply, value, right)
            operator = self.tokens[self.position]
        return value

    def _apply(
        self, start: int, operator: str, apply: Callable[[float, float], float], left: object, right: object
    ) -> object:
        for side in (left, right):
            if isinstance(side, bool) or not isinstance(side, int | float):
                raise self._error(start, f"{operator!r} works on numbers, not on {shown(side)}.")
        assert isinstance(left, int | float) and isinstance(right, int | float)  # noqa: S101, PT018 - for the type checker
        if operator in ("/", "//", "%") and right == 0:
            raise self._error(start, "division by zero.")
        value = apply(left, right)
        if operator == "/" and type(left) is int and type(right) is int and value == left // right:
            raise self._error(
                start, f"{left} / {right} gives {shown(value)}, no whole number. Write {left} // {right}."
            )
        if abs(value) >= 10**MAX_DIGITS:
            raise self._limit(start, f"the result has more than {MAX_DIGITS} digits.")
        return value

    def _operand(self) -> object:
        token = self.tokens[self.position]
        first = token[0]
        if first.isdigit() or (first == "." and len(token) > 1):
            self.position += 1
            return self._number(token)
        if _is_name(token):
            self.position += 1
            if self.tokens[self.position] == "(":
                return self._call(token)
            if token in _CONSTANTS:
                return _CONSTANTS[token]
            if token in self.values:
                return self.values[token]
            if len(token) > MAX_NAME:
                raise self._limit(self.position - 1, f"the name has more than {MAX_NAME} characters.")
            return Name(token)
        if first in "\"'" and len(token) > 1:
            self.position += 1
            return token[1:-1]
        if token in _CLOSING:
            return self._sequence(token)
        if token in ("-", "+"):
            return self._signed(token)
        raise self._unexpected()

    def _signed(self, sign: str) -> object:
        start = self.position
        self.position += 1
        if self.tokens[self.position] in ("-", "+"):
            raise self._error(self.position, "one sign is enough.")
        value = self._operand()
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self._error(start, f"{sign!r} works on numbers, not on {shown(value)}.")
        return -value if sign == "-" else value

    def _number(self, token: str) -> int | float:
        if token.isdecimal() and token.isascii():
            if len(token) > MAX_DIGITS:
                raise self._limit(
                    self.position - 1, f"the number has {len(token)} digits; at most {MAX_DIGITS} are read."
                )
            return int(token)
        if len(token) > 40:
            raise self._limit(self.position - 1, "the number has more than 40 characters.")
        try:
            return int(token) if re.fullmatch(r"\d+(_\d+)*", token) else float(token)
        except ValueError:
            sizes = re.fullmatch(r"(\d+)[xX](\d+)(?:[xX](\d+))?", token)
            hint = f" Sizes are written ({', '.join(size for size in sizes.groups() if size)})." if sizes else ""
            raise self._error(self.position - 1, f"{shown(token)} is not a number.{hint}") from None

    def _call(self, name: str) -> Call:
        tokens = self.tokens
        self._enter()
        args: list[object] = []
        kwargs: dict[str, object] = {}
        while tokens[self.position] != ")":
            if tokens[self.position + 1] == "=" and _is_name(tokens[self.position]):
                key = tokens[self.position]
                if key in kwargs:
                    raise self._error(self.position, f"{shown(key)} is given twice.")
                self.position += 2
                kwargs[key] = self.value()
            elif tokens[self.position] in ("*", "**"):
                raise self._error(self.position, "unpacking (* and **) cannot be read; write the arguments out.")
            elif kwargs:
                raise self._error(self.position, "a positional argument follows a keyword argument.")
            else:
                args.append(self.value())
            self._separator(")")
        self._leave()
        on = None
        if tokens[self.position] == "(":
            self._enter()
            operands: list[object] = []
            while tokens[self.position] != ")":
                operands.append(self.value())
                self._separator(")")
            self._leave()
            on = tuple(operands)
        return Call(name, tuple(args), kwargs, None, on)

    def _sequence(self, opening: str) -> object:
        closing = _CLOSING[opening]
        self._enter()
        values: list[object] = []
        commas = 0
        while self.tokens[self.position] != closing:
            labelled = opening == "[" and self.tokens[self.position + 1] == "="
            value = self._item() if labelled else self.value()
            if opening == "{":
                if self.tokens[self.position] != ":":
                    raise self._unexpected("':'")
                self.position += 1
                value = (value, self.value())
            values.append(value)
            commas += self._separator(closing)
        self._leave()
        if opening == "{":
            return Name("{…}")
        if opening == "[":
            return values
        return values[0] if len(values) == 1 and not commas else tuple(values)

    def _separator(self, closing: str) -> bool:
        token = self.tokens[self.position]
        if token in {","}:
            self.position += 1
            return True
        if token != closing:
            raise self._unexpected(f"',' or '{closing}'")
        return False

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._limit(self.position, f"more than {MAX_DEPTH} brackets are nested.")
        self.position += 1

    def _leave(self) -> None:
        self.depth -= 1
        self.position += 1

    def _unexpected(self, expected: str = "") -> NotationError:
        token = self.tokens[self.position]
        found = "the text ends" if token is _END else f"{shown(token)} is not understood"
        return self._error(self.position, f"{found}{f' where {expected} is expected' if expected else ''}.")

    def _error(self, position: int, message: str) -> NotationError:
        return NotationError(message, place=(self._place(position),))

    def _limit(self, position: int, message: str) -> LimitError:
        return LimitError(message, place=(self._place(position),))

    def _place(self, position: int) -> str:
        """Line and column of a token, counted from 1."""
        offset = len(self.text)
        for index, match in enumerate(found for found in _TOKEN.finditer(self.text) if found.group(1)):
            if index == position:
                offset = match.start(1)
                break
        line = self.text.count("\n", 0, offset) + 1
        return f"line {line}, column {offset - self.text.rfind('\n', 0, offset)}"


def _is_name(token: str) -> bool:
    first = token[0]
    return first.isalpha() or first == "_"
