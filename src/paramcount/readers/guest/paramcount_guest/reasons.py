"""Exceptions in words: where they came from, whose fault they are."""

import ast
import opcode
import re
import traceback
import types

from torch._registry import FUNCTIONS
from torch._tensor import Tensor
from torch.nn import functional
from torch.nn.modules.module import Module

from paramcount_guest.state import STATE, Stop


def line_of(file, line):
    """The text of a line of the user's file."""
    lines = STATE.texts.get(file, "").splitlines() if file else []
    return lines[line - 1].strip()[:300] if line and 0 < line <= len(lines) else None


def place(error):
    """The user's innermost file and line that an exception came through."""
    found = (None, None)
    if isinstance(error, SyntaxError) and error.filename in STATE.files:
        return error.filename, error.lineno
    for frame, line in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename in STATE.files:
            found = (frame.f_code.co_filename, line)
    return found


def reason(error):
    """An exception in words."""
    if isinstance(error, Stop):
        return error.reason[:600]
    try:
        text = str(error)
    except Exception:
        text = ""
    return f"{type(error).__name__}: {text}"[:600] if text else type(error).__name__


_RAISE = opcode.opmap["RAISE_VARARGS"]


def bound(node):
    """The names that a statement would have given a value."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return [(one.asname or one.name).split(".")[0] for one in node.names]
    if hasattr(node, "name"):
        return [node.name]
    return [one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, ast.Store)]


_CHANGES = ("add_module", "register_module", "register_parameter", "append", "extend", "insert", "update", "pop")
"""Methods that change a module that is made already."""


def changes(node, space):
    """Whether a statement that failed was to change a module that is made already."""
    for one in ast.walk(node):
        if not isinstance(one, (ast.Attribute, ast.Subscript)):
            continue
        called = isinstance(one, ast.Attribute) and one.attr in _CHANGES
        if called or not isinstance(one.ctx, ast.Load):
            while isinstance(one, (ast.Attribute, ast.Subscript)):
                one = one.value
            if isinstance(one, ast.Name) and isinstance(space.get(one.id), Module):
                return True
    return False


def cause_of(error):
    """Why a name is missing, and where: the statement that would have bound it was left out; else None."""
    name = None
    if isinstance(error, NameError):
        name = error.name
    elif isinstance(error, ImportError):
        name = getattr(error, "name_from", None)
    elif isinstance(error, AttributeError) and isinstance(error.obj, types.ModuleType):
        name = error.name
    found = STATE.unbound.get(name)
    return None if found is None or found[0] is error else found


def _last(error):
    last = error.__traceback__
    while last is not None and last.tb_next is not None:
        last = last.tb_next
    return last


def raised(error):
    """Whether a file of the user's raised an exception itself."""
    last = _last(error)
    if last is None:
        return False
    code = last.tb_frame.f_code
    return code.co_filename in STATE.files and code.co_code[last.tb_lasti] == _RAISE


def _ours(error):
    """Whether an exception tells of a gap in the stand-ins: one that they did not raise on purpose."""
    last = _last(error)
    if last is None:
        return False
    found = last.tb_frame
    if found.f_code.co_filename in STATE.files:
        called = (
            re.match(r"(?:Tensor\.)?(\w+)\(\) (?:got|takes|missing)", str(error))
            if isinstance(error, TypeError)
            else None
        )
        return called is not None and (
            called[1] in FUNCTIONS or called[1] in vars(functional) or called[1] in vars(Tensor)
        )
    if (
        not isinstance(found.f_globals.get("__name__"), str)
        or found.f_globals["__name__"].split(".")[0] not in _STAND_INS
    ):
        return False
    return found.f_code.co_code[last.tb_lasti] != _RAISE


_STAND_INS = ("torch", "torchvision", "timm", "numpy", "keras", "tensorflow", "paramcount", "paramcount_guest")


def class_of(error):
    if isinstance(error, Stop):
        return error.reason_class
    if not isinstance(error, (RecursionError, MemoryError)) and _ours(error):
        return "unsupported"
    if isinstance(error, (RecursionError, MemoryError)):
        return "limit"
    if isinstance(error, ImportError):
        return "missing library"
    return "user error"
