"""Summary tables as text: rows of layers, and the totals below them.

    Keras 3       boxes of │ and ─, cells that go on in the next line, a column "Connected to" where it is a graph
    Keras 2       columns of spaces, names that go on in the next line
    torchinfo     a tree of ├─ and └─, containers with -- for what they do not hold themselves
    torchsummary  right-aligned columns, batch -1

What is blank, or ?, is missing: it is for the reader to find.
"""

import re
from dataclasses import dataclass, field
from typing import Final, Literal

from paramcount.errors import LimitError, NotationError, shown
from paramcount.limits import MAX_NAME, MAX_RANK, MAX_SIZE
from paramcount.shapes import Shape
from paramcount.signature import Framework

type Total = Literal["total", "trainable", "non_trainable"]

_BOX: Final = "│┃|"
_RULE: Final = re.compile(r"[\s─━═┏┓┗┛┡┩┠┨└┘┌┐├┤┬┴┼╇┳╈╞╡╪_=+-]*")
_HEADER: Final = re.compile(r"Layer \(type")
_SIZE: Final = r"(?:None|-?\d{1,12})"
_SHAPE: Final = re.compile(rf"\[?[(\[]\s*({_SIZE}(?:,\s*{_SIZE})+|{_SIZE}(?=,)),?\s*[)\]]\]?")
_SEVERAL: Final = re.compile(r"\[?[\[(]{1,2}[^\[\]]*\),\s*\(.*")
_NUMBER: Final = re.compile(r"\d{1,3}(?:,\d{3})+|\d+")
_FIGURE: Final = re.compile(r"\s{2,}\(?[\d,]+\)?(?:\s{2,}|\s*$)")
_NOTHING: Final = re.compile(r"\?+|_+|\.{2,}|…")
_SOURCE: Final = re.compile(r"([\w./:-]+…?)(?:\[\d+\]\[\d+\]|\[\d*\]?…?|…)")
_TOTAL: Final = re.compile(r"\s*(Total|Trainable|Non-trainable) params\s*(?:\([^)]*\))?:?\s*(\d[\d,]*|\S*)")
_TREE: Final = re.compile(r"[\s│├└─|+-]*")
_TYPES: Final = (
    re.compile(r"(?P<type>\w+): (?P<name>\d+-\d+)"),
    re.compile(r"(?P<name>[^\s()]+)\s*\((?P<type>\w+)…?\)?"),
    re.compile(r"(?P<type>\w+)-(?P<name>\d+)"),
    re.compile(r"(?P<type>\w+)(?P<name>)"),
)
_TITLE: Final = re.compile(r"\S+(?: \S+)*")
_VARIABLE: Final = re.compile(r"(\w+) \(([\w.]+)\)(?:: \d+-\d+)?")
"""torchinfo's row_settings "var_names": the class, then what its parent calls it."""
_TOTALS: Final[dict[str, Total]] = {"Total": "total", "Trainable": "trainable", "Non-trainable": "non_trainable"}


@dataclass(slots=True)
class Row:
    """One layer: its figures are None where they are missing."""

    name: str
    cls: str
    shape: Shape | None
    parameters: int | None
    line: int
    depth: int = 0
    sources: tuple[str, ...] = ()
    """The names of the layers before it, where the table tells them."""
    cut: bool = False
    """Whether the class is cut off."""
    again: bool = False
    """Whether the table says that it ran before, and is not counted again."""


@dataclass(slots=True)
class Table:
    """A summary."""

    framework: Framework
    rows: list[Row] = field(default_factory=list[Row])
    totals: dict[Total, int | None] = field(default_factory=dict[Total, int | None])
    """Those that are written; None where the number is missing."""
    connected: bool = False
    """Whether it has a column of what each layer is connected to."""


def parse(text: str, most: int) -> Table:
    """Read a table.

    Raises:
        NotationError: there is no table.
        LimitError: it has too many rows.
    """
    lines = text.splitlines()
    header = next((number for number, line in enumerate(lines) if _HEADER.search(line)), None)
    if header is None:
        raise NotationError("no table was found: its header begins with Layer (type).")
    keras = "None" in text or any(box in lines[header] for box in "│┃")
    table = Table("keras" if keras else "pytorch", connected="Connected to" in text)
    boxed = any(box in lines[header] for box in "│┃")
    titles = () if keras or boxed else tuple([(one.start(), one[0]) for one in _TITLE.finditer(lines[header])])
    cells: list[list[str]] = []
    for number, line in enumerate(lines[header + 1 :], start=header + 2):
        total = _TOTAL.match(line)
        if total is not None:
            digits = total[2].replace(",", "")
            table.totals[_TOTALS[total[1]]] = int(digits) if digits.isdecimal() and len(digits) < 20 else None
        elif boxed and line.strip()[:1] in tuple(_BOX):
            cells.append([cell.rstrip() for cell in re.split("[│┃|]", line.strip())[1:-1]])
            if not _goes_on(lines, number):
                _boxed_row(table, cells, number)
                cells = []
        elif boxed or table.totals or not line.strip() or _RULE.fullmatch(line):
            pass
        elif not _aligned_row(table, titles, line, number):
            _plain_row(table, line, number)
        if len(table.rows) > most:
            raise LimitError(f"the table has more than {most} rows; at most {most} are answered.")
    if not table.rows:
        raise NotationError("the table has no rows.")
    return table


def _goes_on(lines: list[str], number: int) -> bool:
    """Whether the next line of a box belongs to the same row."""
    after = lines[number].strip() if number < len(lines) else ""
    return after[:1] in tuple(_BOX)


def _boxed_row(table: Table, cells: list[list[str]], number: int) -> None:
    width = max(map(len, cells))
    columns = [
        " ".join(filter(None, (row[index].strip() if index < len(row) else "" for row in cells)))
        for index in range(width)
    ]
    if width < 3:
        raise NotationError(f"line {number}: a row holds name, shape and parameters.")
    words = [row[0].strip() for row in cells if row]
    name = "".join([cells[0][0].rstrip(), *(f" {word}" if word[:1] == "(" else word for word in words[1:])])
    sources = " ".join(columns[3:])
    _add(table, name, columns[1], columns[2], sources, number)


def _aligned_row(table: Table, titles: tuple[tuple[int, str], ...], line: str, number: int) -> bool:
    """A row of torchinfo, whose columns, of which there may be many, begin where their titles do; False for another."""
    starts = [start for start, _ in titles]
    if not starts or starts[0] or "Param #" not in dict(titles).values():
        return False
    if any(line[start - 1 : start] not in ("", " ") for start in starts[1:]):
        return False  # the text has lost its columns
    ends = [*starts[1:], len(line)]
    found = {name: line[start:end].strip() for (start, name), end in zip(titles, ends, strict=True)}
    name = _VARIABLE.sub(r"\2 (\1)", line[: ends[0]].rstrip())
    _add(table, name, found.get("Output Shape", ""), found["Param #"], "", number)
    return True


def _plain_row(table: Table, line: str, number: int) -> None:
    """A row of columns that spaces part; a line without figures goes on with the name of the row before it."""
    shape = _SEVERAL.search(line) or _SHAPE.search(line)
    words = re.split(r"\s{2,}", line.strip())
    nameless = shape is not None and not line[: shape.start()].strip(" |[")  # another of several shapes
    if nameless and table.rows:
        table.rows[-1].shape = None
    if table.rows and (nameless or (shape is None and not _FIGURE.search(line))):
        _continue(table.rows[-1], line)
        return
    if shape is not None:
        name, shown_shape, rest = line[: shape.start()], shape[0], line[shape.end() :]
    else:
        name, shown_shape = words[0], words[1] if len(words) > 1 and not _NUMBER.fullmatch(words[1]) else ""
        rest = "  ".join(words[2 if shown_shape else 1 :])
    figures, _, sources = rest.strip().partition("[" if table.connected else "\0")
    figure = re.split(r"\s{2,}", figures.strip())[0]
    if shape is None and not _means_a_layer(name):
        if table.rows and table.connected:
            table.rows[-1].sources += tuple(_sources(line))
        return
    _add(table, name, shown_shape, figure, sources, number)


def _continue(row: Row, line: str) -> None:
    """The rest of a name that was too long for its line."""
    rest = re.split(r"\s{2,}", line.strip())[0]
    if row.cut:
        row.cls, row.cut = row.cls + re.sub(r"\W", "", rest), not rest.endswith(")")
    row.sources += tuple(_sources(line)) if "[" in line else ()


def _means_a_layer(name: str) -> bool:
    bare = _TREE.sub("", name, count=1).strip()
    return any(pattern.fullmatch(bare) for pattern in _TYPES[:3])


def _add(table: Table, name: str, shape: str, figure: str, sources: str, number: int) -> None:
    tree = _TREE.match(name)
    depth = _depth(tree[0] if tree else "", table.framework)
    bare = name[tree.end() :].strip() if tree else name.strip()
    found = next((match for match in (pattern.match(bare) for pattern in _TYPES) if match), None)
    if found is None:
        raise NotationError(f"line {number}: {shown(bare)} is no layer.")
    label = found["name"] or found["type"]
    if len(label) > MAX_NAME:
        raise LimitError(f"line {number}: a name has at most {MAX_NAME} characters.")
    cut = "(" in bare and not bare.endswith(")")
    parameters = _figure(figure)
    again = "recursive" in figure
    table.rows.append(
        Row(label, found["type"], _shape(shape, number), 0 if again else parameters, number, depth,
            tuple(_sources(sources)), cut, again)
    )  # fmt: skip


def _depth(tree: str, framework: Framework) -> int:
    """How deep a row stands: Keras marks layers of an expanded model with └, or with a | for each model around them."""
    if framework == "pytorch" or "└" in tree:
        return len(tree)
    return tree.count("|")


def _figure(text: str) -> int | None:
    """Parameters: -- and - are none of its own; nothing, and ?, are missing."""
    bare = text.strip().strip("()")  # torchinfo puts what is not trained into brackets
    if bare in ("--", "-", "0"):
        return 0
    found = _NUMBER.match(bare)
    if found is None or _NOTHING.fullmatch(bare):
        return None
    digits = found[0].replace(",", "")
    return int(digits) if len(digits) < 20 else None


def _shape(text: str, number: int) -> Shape | None:
    """A shape without its batch; None where it is missing, or there are several."""
    if _SEVERAL.search(text):
        return None
    found = _SHAPE.search(text)
    if found is None:
        return None
    sizes = [None if one.strip() in ("None", "-1") else int(one) for one in found[1].split(",")][1:]
    if len(sizes) > MAX_RANK or any(one is not None and not 0 <= one <= MAX_SIZE for one in sizes):
        raise LimitError(f"line {number}: a shape holds at most {MAX_RANK} sizes up to {MAX_SIZE}.")
    return tuple(sizes)


def _sources(text: str) -> list[str]:
    return [found[1] for found in _SOURCE.finditer(text)]
