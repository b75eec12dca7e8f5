"""The tree that print(model) shows, line by line. Brackets count, indentation does not.

Net(                                  a module opens
(conv): Conv2d(3, 8, …)             a child that holds none
(blocks): ModuleList(               a child opens
(0-2): 3 x Block(                 three children alike
)                                   a module closes
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from paramcount.errors import LimitError, NotationError, shown
from paramcount.limits import MAX_RANK

MAX_NESTED: Final = 100
"""Modules nested in one another."""

MAX_SHOWN: Final = 10_000
"""Characters of what a module shows of itself."""

CHILD: Final = re.compile(r"\((?P<name>[^()\n]{1,200})\): (?:(?P<times>\d{1,9}) x )?(?P<shown>\S.*)")
_RANGE: Final = re.compile(r"(\d{1,9})-(\d{1,9})")
_ROOT: Final = re.compile(r"[A-Za-z_]\w*\(")
_GAP: Final = re.compile(r"(?:#|//)?\s*[(\[<]?\s*(?:\.{3}|…)")
"""How a line begins that somebody put in the place of others."""

_TENSOR: Final = re.compile(r"Parameter containing: \[[\w.]+ of size (?P<sizes>\d+(?:x\d+)*)(?: \([^()]*\))?\]")


@dataclass(slots=True)
class Module:
    """One module of the tree, or several alike."""

    name: str
    cls: str
    """The class; "" where none is printed around what is in it."""
    line: int
    shows: str = ""
    """What is printed between its brackets, beside its children."""
    times: int = 1
    first: int = 0
    """The number of the first of several."""
    children: "list[Module]" = field(default_factory=list["Module"])
    size: int = 1
    """Modules in it, itself included, repetition written out."""

    @property
    def names(self) -> Iterator[str]:
        """The name of each of them."""
        if self.times == 1 and not _RANGE.fullmatch(self.name):
            yield self.name
        else:
            yield from map(str, range(self.first, self.first + self.times))


def parse(text: str, most: int) -> tuple[Module, int, list[int]]:
    """Read the tree; returns its root, how many lines are no part of it, and which stand for others: `...`.

    Several modules one after the other, and a part of a print, are the children of a root without a class.

    Args:
        text: what print(model) shows.
        most: how many modules there may be.

    Raises:
        NotationError: a line cannot be read, or a bracket is not closed.
        LimitError: there are too many modules, or they nest too deeply.
    """
    tree = _Tree(most)
    for number, line in _whole(text.splitlines()):
        try:
            tree.take(line, number)
        except (NotationError, LimitError) as error:
            raise error.within(f"line {number}") from None
    return tree.whole(), tree.beside, tree.gaps


_MOST_WRAPPED: Final = 4
"""Over how many further lines a module may be wrapped."""


def _whole(lines: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each line with its number; one that was wrapped, so that its brackets are open, with what goes on below it."""
    number = 0
    while number < len(lines):
        number, first, line = number + 1, number + 1, lines[number].strip()
        while _wrapped(line) and number < min(len(lines), first + _MOST_WRAPPED):
            after = lines[number].strip()
            if after == ")" or CHILD.fullmatch(after) is not None:
                break
            number, line = number + 1, f"{line} {after}" if line.endswith(",") else f"{line}{after}"
        yield first, line


def _wrapped(line: str) -> bool:
    child = CHILD.fullmatch(line)
    return child is not None and "(" in child["shown"] and not (line.endswith("(") or _closes(child["shown"]))


@dataclass(slots=True)
class _Tree:
    """The tree while its lines are read."""

    most: int
    open: list[Module] = field(default_factory=list[Module])
    roots: list[Module] = field(default_factory=list[Module])
    count: int = 0
    beside: int = 0
    gaps: list[int] = field(default_factory=list[int])

    def take(self, line: str, number: int) -> None:
        child = CHILD.fullmatch(line)
        if not line:
            return
        if _GAP.match(line) and (self.open or not self.roots):
            self.gaps.append(number)
        elif not self.open and (child is None or self.roots):
            self._outside(line, number)
        elif child is not None:
            if not self.open:
                self.open.append(Module("", "", number))
            self._child(child, number)
        elif line == ")":
            self._close()
        elif len(self.open[-1].shows) + len(line) < MAX_SHOWN:
            self.open[-1].shows = f"{self.open[-1].shows} {line}".strip()
        else:
            raise LimitError(f"{self.open[-1].cls} shows more than {MAX_SHOWN} characters of itself.")

    def _outside(self, line: str, number: int) -> None:
        """A line before the root, or after it."""
        if _ROOT.match(line) is not None and (line.endswith("(") or _closes(line)):
            self._begin("", line, number)
        else:
            self.beside += 1

    def _child(self, child: re.Match[str], number: int) -> None:
        name, times, first, written = child["name"], 1, 0, child["shown"]
        span = _RANGE.fullmatch(name)
        if child["times"] is not None:
            times, first = int(child["times"]), int(span[1]) if span else 0
            if span is None or int(span[2]) - first + 1 != times or times < 1:
                raise NotationError(f"({name}) does not count {times} modules.")
        tensor = _TENSOR.fullmatch(written)
        if tensor is not None:
            written = f"Parameter(({', '.join(tensor['sizes'].split('x')[: MAX_RANK + 1])},))"
        self._begin(name, written, number, times, first)

    def _begin(self, name: str, written: str, number: int, times: int = 1, first: int = 0) -> None:
        self.count += 1
        if self.count > self.most:
            raise LimitError(f"more than {self.most} modules are printed; at most so many are answered.")
        if len(self.open) >= MAX_NESTED:
            raise LimitError(f"more than {MAX_NESTED} modules are nested.")
        cls, bracket, inside = written.partition("(")
        module = Module(name, cls.strip(), number, times=times, first=first)
        if not bracket or len(written) > MAX_SHOWN:
            raise NotationError(f"{shown(written)} is no module: no bracket opens, or it is too long.")
        self.open.append(module)
        if written.endswith("(") and not inside:
            return
        if not _closes(written):
            raise NotationError(f"{shown(written)} is no module: its brackets do not close.")
        module.shows = inside[:-1].strip()
        if _GAP.match(module.shows):
            self.gaps.append(number)
        self._close()

    def _close(self) -> None:
        module = self.open.pop()
        module.size = module.times * (1 + sum(child.size for child in module.children))
        if module.size > self.most:
            raise LimitError(f"{module.cls} holds {module.size} modules; at most {self.most} are answered.")
        if self.open:
            self.open[-1].children.append(module)
        else:
            self.roots.append(module)

    def whole(self) -> Module:
        """The root, once every line was read.

        Raises:
            NotationError: the text ends within a module, or holds none.
        """
        if len(self.open) == 1 and not self.open[0].cls:  # a part of a print is closed by nothing
            self._close()
        if self.open:
            inner = self.open[-1]
            raise NotationError(
                f"the text ends within {inner.cls or 'a module'}, which opens in line {inner.line}. "
                "Give the whole of what print(model) shows."
            )
        if not self.roots:
            raise NotationError("no module is printed here: it begins as Net( and holds lines as (conv1): Conv2d(…).")
        if len(self.roots) == 1:
            return self.roots[0]
        for number, root in enumerate(self.roots):
            root.name = str(number)
        return Module("", "", 1, children=self.roots, size=1 + sum(root.size for root in self.roots))


def _closes(written: str) -> bool:
    """Whether a line ends with the bracket that closes its first one."""
    depth = 0
    for place, character in enumerate(written):
        depth += (character == "(") - (character == ")")
        if not depth and character == ")":
            return place == len(written) - 1
    return False
