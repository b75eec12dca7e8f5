"""PyTorch source code, run in a sandbox against stand-ins that record what a model is made of.

    source ──▶ worker process (sandbox, stand-ins) ──▶ trace ──▶ verified, recomputed ──▶ Network

No line of the source runs in this process, which does not even parse it. What comes back is a claim: every number of
the answer is computed here, from the hyperparameters that were recorded.
"""

import os
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import PurePath
from typing import Final

from paramcount.architectures import catalogue
from paramcount.errors import LayerError, LimitError, NotationError, sequence, shown
from paramcount.layers import spellings
from paramcount.readers.base import LIKELY, NO, UNMISTAKABLE, Asked, Given, Reader, Reading, first_of
from paramcount.readers.sandbox import sandboxes
from paramcount.readers.trace import Skipped, Stopped, Trace, parse, prepare
from paramcount.readers.traced import network
from paramcount.report import Read
from paramcount.shapes import known
from paramcount.signature import FRAMEWORKS, Framework

MAX_SOURCE: Final = 2**20
"""Bytes of source, all files together."""

STEP: Final = 0.2
"""Seconds between two looks at a source that runs."""

_NAME: Final = "model.py"
"""What a source that came without a name is called."""

_SHOWN: Final = 12
"""Candidates that an error lists."""

_CALLED: Final = re.compile(r"\btorchvision\.models\.(?:\w{1,80}\.){0,3}(\w{1,80}) is called")
"""A network that may be known by its name, where its source is not here."""

_FEW: Final = 6
"""Statements that were left out, or names of other libraries, that a note lists."""

LINE: Final = r"^(?:[ \t]*(?:>>>|\.\.\.|In \[\d*\]:|\"))?[ \t]*"
"""How a line of source begins that may be one of a shell's or a notebook's; no `\\s`, which runs over many lines."""

_IMPORTS: Final = re.compile(LINE + r"(?:import|from)[ \t]+torch(?:vision)?\b", re.MULTILINE)
_BUILT_ON: Final = re.compile(
    LINE + r"(?:import|from)[ \t]+(?:timm|transformers|segmentation_models_pytorch|pytorch_lightning|lightning|fastai"
    r"|efficientnet_pytorch|ultralytics|diffusers|monai|torch_geometric)\b",
    re.MULTILINE,
)
"""Libraries of models of PyTorch's: what imports them alone is source too, and says which of them is missing."""

KERAS_IMPORTS: Final = re.compile(LINE + r"(?:import|from)[ \t]+(?:keras|tensorflow|tf_keras)\b", re.MULTILINE)
"""What Keras's sources import: where only other files import torch, the main one tells."""

_MODULES: Final = re.compile(
    LINE + r"(?:class[ \t]+\w{1,80}[ \t]?\([\w.]{0,80}Module\b|def[ \t]+forward[ \t]?\([ \t]?self\b)"
    r"|=[ \t]?(?:torch\.)?nn\.[A-Z]\w{1,40}\(",
    re.MULTILINE,
)


def _likeness(given: Given) -> float:
    texts = [text[:MAX_SOURCE] for text in (given.text, *given.files.values())]
    if given.stream is not None:
        return NO
    if any(map(_IMPORTS.search, texts)):
        others = KERAS_IMPORTS.search(texts[0]) and not _IMPORTS.search(texts[0])
        return LIKELY if others else UNMISTAKABLE
    return LIKELY if any(map(_MODULES.search, texts)) or any(map(_BUILT_ON.search, texts)) else NO


def _read(given: Given, asked: Asked) -> Reading:
    return read_source(given, asked, "pytorch")


def read_source(given: Given, asked: Asked, framework: Framework) -> Reading:
    """Run source in a sandbox, and make the answer of what it records.

    Raises:
        ParamcountError: it cannot be run, or what it records is not believed.
    """
    job = sandboxes().start(_job(given, asked, framework))
    steps = 0
    try:
        _prepare()
        while not job.wait(STEP):
            steps += 1
            asked.watch(steps * STEP)
    except BaseException:
        job.cancel()
        raise
    return reading(parse(job.answer()), asked)


@cache
def _prepare() -> None:
    """Make what reading the first answer needs, which takes about as long as a source runs."""
    for framework in FRAMEWORKS:
        spellings(framework)
    prepare()


def _job(given: Given, asked: Asked, framework: Framework) -> Mapping[str, object]:
    """What the guest is asked."""
    if given.stream is not None:
        raise NotationError(f"{given.name or 'what was given'} is no text.")
    if asked.framework not in (None, framework):
        names = {"keras": "Keras", "pytorch": "PyTorch"}
        raise LayerError(
            f"framework={asked.framework!r}, but the source imports {names[framework]}. Leave framework out."
        )
    files = _placed(given.files or {given.name or _NAME: given.text})
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in files.values())
    if size > MAX_SOURCE:
        raise LimitError(f"the source has {size:,} bytes; at most {MAX_SOURCE:,} are read.")
    shapes = [known(shape) for shape in asked.input_shapes]
    if None in shapes:
        raise LayerError("input_shape must hold a number for every dimension, the batch left out.")
    return {
        "files": files,
        "main": next(iter(files)),
        "entry": asked.entry or None,
        "inputs": shapes or None,
    }


def _placed(files: Mapping[str, str]) -> dict[str, str]:
    """The files by paths that tell packages: of absolute ones, from the folder on that holds them all."""
    paths = {PurePath(name): text for name, text in files.items()}
    start = PurePath()
    if any(path.is_absolute() or ".." in path.parts for path in paths):
        start = PurePath(os.path.commonpath([os.path.abspath(path.parent) for path in paths]))  # noqa: PTH100 - no file is asked for
        paths = {PurePath(os.path.abspath(path)): text for path, text in paths.items()}  # noqa: PTH100
    return {path.relative_to(start).as_posix(): text for path, text in paths.items()}


def reading(trace: Trace, asked: Asked) -> Reading:
    """Make the answer of a trace.

    Raises:
        NotationError: no model could be built, or what was recorded does not agree with itself.
        LimitError: a bound is reached.
    """
    if trace.completeness == "failed":
        raise NotationError(_failure(trace))
    shapes = [shape for shape in map(known, asked.input_shapes) if shape is not None]
    if not shapes and trace.framework == "keras":  # the source itself declares what flows in
        shapes = [shape[1:] for shape in trace.input_shapes]
    made, unverified = network(trace, shapes, asked.most)
    notes: list[str] = []
    if trace.stopped is None and not shapes:
        notes.append("Give input_shape, without the batch, for output shapes and MACs.")
        if not any(module.parameters for module in trace.modules):
            notes.append("It has no parameters before it has run; what forward itself makes is seen with input_shape.")
    entry = trace.entry
    full = trace.completeness == "full"
    return Reading(
        made,
        Read(
            trace.framework,
            f"source code, run in a sandbox{f', {entry.how}' if entry and entry.how else ''}",
            entry=entry.text if entry else "",
            completeness="full" if full else "params_only",
            not_understood=tuple(unverified),
            stopped=_stop(trace.stopped) if trace.stopped else {},
            notes=(
                *notes,
                *_left_out(trace.skipped),
                *_stood_in(trace.stubbed),
                *trace.warnings,
            ),
        ),
    )


def _left_out(several: Sequence[Skipped]) -> list[str]:
    """The first statement that failed and its reason, from which the others mostly follow; the lines of these."""
    if not several:
        return []
    first, *others = several
    told = f"line {first.line or '?'} ({shown(first.text or '', 60)}: {first.reason[:100]})"
    if not others:
        return [f"left out, since it failed: {told}"]
    lines = first_of([str(one.line or "?") for one in others], _FEW)
    return [f"left out, since they failed: {told}, and line{'s' * (len(others) > 1)} {lines}"]


def _stood_in(names: Sequence[str]) -> list[str]:
    """What of other libraries was used, each name once, whether it was called or not."""
    once = list(dict.fromkeys([name.removesuffix("()") for name in names]))
    return [f"stood in for: {first_of(once, _FEW)}"] if once else []


def _stop(stopped: Stopped) -> dict[str, object]:
    """Where and why a run ended early, as an answer says it."""
    fields: dict[str, object] = {
        "stage": stopped.stage,
        "class": stopped.class_name,
        "reason": stopped.reason,
        "module": stopped.module,
        "input_shape": stopped.input_shape if sequence(stopped.input_shape) else None,
        "file": stopped.file,
        "line": stopped.line,
        "text": stopped.text,
    }
    return {name: one for name, one in fields.items() if one not in (None, "")}


def _failure(trace: Trace) -> str:
    """Why no model could be built, with a way out."""
    stopped = trace.stopped
    why = _told(stopped) if stopped else ""
    if trace.candidates:
        each = [
            f"{one.call}{f' (needs {", ".join(one.requires)})' if one.requires else ''}" for one in trace.candidates
        ]
        several = "there is more than one model" if len(trace.candidates) > 1 else "the model needs arguments"
        return f"{why or several}. Name one as entry, with the arguments it needs: {first_of(each, _SHOWN, '; ')}."
    failed = "".join([f"{one}. " for one in _left_out(trace.skipped)])
    return why or f"no model was found: none is built. {failed}Name what builds it as entry, such as Net(10)."


def _told(stopped: Stopped) -> str:
    at = f"{stopped.file}, line {stopped.line}" if stopped.file and stopped.line else ""
    line = f" ({shown(stopped.text.strip(), 120)})" if stopped.text else ""
    stage = {"import": "while the source was imported", "construct": "while the model was built"}.get(stopped.stage, "")
    where = ", ".join(filter(None, (f"{at}{line}".strip(), stage)))
    told = f"{where}: {stopped.reason} [{stopped.class_name}]".removeprefix(": ")
    named = _CALLED.search(stopped.reason)
    known_so = named is not None and named[1] in catalogue()
    return f"{told} network_params answers {named[1]}() by its name." if named and known_so else told


READER = Reader("pytorch", "PyTorch source code", _likeness, _read)
