"""Keras configurations: model.to_json(), model.get_config(), and config.json in a .keras archive; Keras 2 and 3.

    Sequential   {"class_name": "Sequential", "config": {"layers": [{"class_name", "config"}, …]}}
    functional   {"class_name": "Functional", "config": {"layers": […, with "name" and "inbound_nodes"],
                  "input_layers", "output_layers"}}

Nothing of it is made into an object of Keras: each layer's class and arguments are read as a call of it. Source:
keras.saving, keras.src.models.functional (3.15.1); tensorflow.keras 2.x, Network.get_config.
"""

import zipfile
import zlib
from collections.abc import Mapping
from typing import Final, cast

from paramcount.errors import LimitError, NotationError, shown
from paramcount.limits import MAX_TEXT
from paramcount.network import Network
from paramcount.readers.base import NO, UNMISTAKABLE, Asked, Given, Reader, Reading, with_inputs
from paramcount.readers.jsonlike import load
from paramcount.readers.keras_fields import MODELS
from paramcount.readers.keras_graph import Graph
from paramcount.report import Read

_MAX_DIRECTORY: Final = 4 * 2**20
"""Bytes of the list of an archive's files."""

_ZIP: Final = b"PK\x03\x04"
_END_OF_ZIP: Final = b"PK\x05\x06"
_CONFIG: Final = "config.json"


def _likeness(given: Given) -> float:
    if given.stream is not None:
        given.stream.seek(0)
        return UNMISTAKABLE if given.stream.read(4) == _ZIP and given.name.endswith(".keras") else NO
    head = given.head.lstrip()
    if head[:1] == "{" and ("class_name" in head or "batch_input_shape" in head) and "config" in head:
        return UNMISTAKABLE
    return NO


def _read(given: Given, asked: Asked) -> Reading:
    text = given.text if given.stream is None else _archived(given)
    what = "a configuration of Keras" if given.stream is None else "config.json of a .keras archive"
    cls, config, version = _model(load(text))
    graph = Graph(asked.most)
    outputs = graph.model(cls, config, "", None, frozen=config.get("trainable") is False)
    if not graph.nodes:
        raise NotationError("the model has no layers.")
    network = Network("keras", tuple(graph.nodes), tuple(graph.inputs), tuple(outputs))
    read = Read(
        "keras_config",
        f"{what}{f' {version}' if version else ''}, {cls}, {len(graph.nodes)} layers",
        str(config.get("name", ""))[:200],
        graph.completeness(),
        tuple(graph.said()),
    )
    return Reading(with_inputs(network, asked), read)


def _model(read: object) -> tuple[str, Mapping[str, object], str]:
    """The model's class, its configuration, and the version of Keras that wrote it, if it says."""
    fields = _object(read, "the configuration")
    config = fields.get("config", fields)
    cls = fields.get("class_name")
    if isinstance(config, list):  # Sequential.get_config() before 2.2.3
        config = {"layers": cast("list[object]", config)}
    config = _object(config, "config")
    if not isinstance(config.get("layers"), list):
        raise NotationError(
            f"{shown(cls)} lists no layers: a subclassed model's configuration does not hold its graph. Give its "
            "source, or a summary."
        )
    if cls is None:
        cls = "Functional" if "output_layers" in config else "Sequential"
    if cls not in MODELS:
        cls = "Functional" if "output_layers" in config else "Sequential"
    return str(cls), config, str(fields.get("keras_version", ""))[:40]


def _object(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise NotationError(f"{what} must be an object, received {shown(value)}.")
    return cast("Mapping[str, object]", value)


def _archived(given: Given) -> str:
    """config.json of an archive, bounded before it is unpacked.

    Raises:
        NotationError: it is no archive, or has none.
        LimitError: it is too large.
    """
    stream = given.stream
    if stream is None:
        raise NotationError("an archive is read from a file, not from text.")
    size = stream.seek(0, 2)
    stream.seek(max(0, size - 65_557))  # the end record: 22 bytes, and a comment of at most 65,535
    tail = stream.read()
    place = tail.rfind(_END_OF_ZIP)
    if place < 0 or len(tail) < place + 22:
        raise NotationError("it is no archive: its end record is missing.")
    listed = int.from_bytes(tail[place + 12 : place + 16], "little")
    if listed > _MAX_DIRECTORY:
        raise LimitError(f"the list of its files has {listed} bytes; at most {_MAX_DIRECTORY} are read.")
    try:
        with zipfile.ZipFile(stream) as archive, archive.open(_CONFIG) as file:
            read = file.read(MAX_TEXT + 1)
    except KeyError:
        raise NotationError(f"the archive holds no {_CONFIG}.") from None
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error) as error:
        raise NotationError(f"the archive cannot be read: {error!s:.80}.") from None
    if len(read) > MAX_TEXT:
        raise LimitError(f"{_CONFIG} unpacks to more than {MAX_TEXT} bytes.")
    try:
        return read.decode()
    except UnicodeDecodeError:
        raise NotationError(f"{_CONFIG} is not UTF-8 text.") from None


READER = Reader(
    "keras_config",
    "model.to_json() or get_config() of Keras, or a .keras archive",
    _likeness,
    _read,
    suffixes=(".keras",),
)
