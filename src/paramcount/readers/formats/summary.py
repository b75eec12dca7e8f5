"""Summary tables: model.summary() of Keras 2 and 3, torchinfo, torchsummary.

Rows and totals check one another: the total is the sum of the rows, and the sum of what is trained and what is not;
each row's parameters and shape follow from its class and what flows into it. A number that is missing is derived
from the others; where one number is wrong and only one would make the table agree, it is found.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from paramcount.build import layer_from
from paramcount.errors import NotationError
from paramcount.layers.base import Layer
from paramcount.network import INPUT, UNKNOWN, Network, Node, loose
from paramcount.notation import Call
from paramcount.readers.base import LIKELY, NO, UNMISTAKABLE, Asked, Given, Reader, Reading, inputs
from paramcount.readers.summary_check import Checked
from paramcount.readers.summary_rows import INPUT_LAYER, Rows, is_named, is_norm
from paramcount.readers.summary_rules import fitting, known_class
from paramcount.readers.summary_table import Row, parse
from paramcount.report import Completeness, Read
from paramcount.shapes import Shape

_WITHOUT_MACS: Final = ("ZeroPadding", "Cropping", "UpSampling", "Reshape", "Permute", "RepeatVector", "Rescaling")


def _likeness(given: Given) -> float:
    head = given.head
    if "Layer (type" not in head:
        return NO
    return UNMISTAKABLE if "Param" in head or "Output Shape" in head else LIKELY


def _read(given: Given, asked: Asked) -> Reading:
    table = parse(given.text, asked.most)
    if asked.framework is not None:
        table.framework = asked.framework
    checked = Checked(Rows(table))
    checked.mend()
    return _Made(checked).reading(asked)


@dataclass(frozen=True, slots=True)
class _Made:
    """The network of a checked table."""

    checked: Checked

    @property
    def rows(self) -> list[Row]:
        """The rows, in order."""
        return self.checked.table.rows

    def reading(self, asked: Asked) -> Reading:
        """The network: layers that fit, and elsewhere what the table states."""
        nodes, sources = self._nodes()
        ordered = not any(UNKNOWN in node.inputs for node in nodes)
        known_inputs = tuple(sources) or inputs(asked)
        total = sum(row.parameters or 0 for row in self.rows)
        network = Network(
            self.checked.table.framework, tuple(nodes), known_inputs, (nodes[-1].name,) if ordered else ()
        )
        completeness: Completeness = "partial" if self.checked.doubts else "full" if ordered else "params_only"
        notes = [f"the rows add up to {total:,} parameters.", *(f"{one}." for one in self.checked.found)]
        read = Read(
            "summary",
            f"a summary table, {len(self.rows)} rows",
            completeness=completeness,
            not_understood=tuple(f"{one}." for one in self.checked.doubts),
            notes=tuple(notes),
        )
        return Reading(network, read)

    def _nodes(self) -> tuple[list[Node], list[tuple[str, Shape | None]]]:
        nodes: list[Node] = []
        sources: list[tuple[str, Shape | None]] = []
        named: dict[int, str] = {}
        fixed = self._fixed()
        taken: set[str] = set()
        for index, row in enumerate(self.rows):
            name, number = row.name, 2
            while name in taken:
                name, number = f"{row.name}_{number}", number + 1
            taken.add(name)
            if row.cls == INPUT_LAYER:
                named[index] = name if sources else INPUT
                sources.append((named[index], row.shape))
                continue
            flowing = self._flowing(index, named)
            layer = self._layer(index, row, fixed.get(index, 0), flowing)
            node = Node(name, layer, flowing)
            named[index] = UNKNOWN if UNKNOWN in flowing else name
            nodes.append(loose(node) if UNKNOWN in flowing else node)
        if not nodes:
            raise NotationError("the table holds inputs only.")
        return nodes, sources

    def _flowing(self, index: int, named: Mapping[int, str]) -> tuple[str, ...]:
        """The values that flow into a row, where the table tells them."""
        row = self.rows[index]
        if self.checked.table.framework != "keras":
            return (UNKNOWN,)
        if row.sources:
            found: list[str] = []
            for source in row.sources:
                places = [one for one in range(index) if is_named(self.rows[one].name, source)]
                found.append(named[places[0]] if len(places) == 1 else UNKNOWN)
            return tuple(found)
        if self.checked.table.connected:
            return (UNKNOWN,)
        before = self.checked.rows.before(index)
        return (INPUT if before is None else named[before],)

    def _layer(self, index: int, row: Row, fixed: int, flowing: tuple[str, ...]) -> Layer:
        """A layer that fits a row; what the table states of it where there is none."""
        framework = self.checked.table.framework
        cls = known_class(row.cls, framework, cut=row.cut)
        shapes = self.checked.rows.inputs_of(index)
        norm = is_norm(row) and framework == "keras"
        plain = fixed == (2 * (row.shape[-1] or 0) if norm and row.shape else 0)
        if cls and plain and UNKNOWN not in flowing and None not in shapes and row.shape is not None:
            layer = fitting(cls, framework, shapes, row.shape, row.parameters)
            if layer is not None:
                return layer
        free = not row.parameters and row.cls.startswith(_WITHOUT_MACS)
        stated = {"parameters": row.parameters or 0, "non_trainable": fixed, "output_shape": row.shape}
        return layer_from(Call("Stated", (row.cls,), {**stated, "macs": 0 if free else None}), framework=framework)

    def _fixed(self) -> dict[int, int]:
        """Which parameters are not trained, by row: batch norms', and the rest where it is a row, or the first rows."""
        said = self.checked.table.totals.get("non_trainable")
        norms = {
            index: min(2 * (row.shape[-1] or 0), row.parameters or 0)
            for index, row in enumerate(self.rows)
            if self.checked.table.framework == "keras" and is_norm(row) and row.shape
        }
        if said is None or said == sum(norms.values()):
            return norms
        counts = [row.parameters or 0 for row in self.rows]
        for index, count in enumerate(counts):
            if count == said:
                self.checked.found.append(f"what is not trained is {self.rows[index].name}")
                return {index: count}
            first = dict(enumerate(counts[: index + 1]))
            rest = {place: size for place, size in norms.items() if place > index}
            if sum(first.values()) + sum(rest.values()) == said:
                self.checked.found.append(f"what is not trained is every row up to {self.rows[index].name}")
                return first | rest
        self.checked.doubts.append(f"{said:,} parameters are not trained; which, the table does not tell")
        return norms


READER = Reader(
    "summary",
    "a summary table of Keras, torchinfo or torchsummary",
    _likeness,
    _read,
)
