"""Arguments that describe a network: its layers and what flows in, bounded before the core reads them."""

from typing import Annotated

from pydantic import BeforeValidator

from paramcount.errors import sequence, shown
from paramcount.limits import MAX_INPUTS
from paramcount_mcp import limits
from paramcount_mcp.arguments import refuse, unstringified


def layers(value: object) -> object:
    """Check the outer shape and the size of what was sent; the core reads what is in it."""
    sent = unstringified(value)
    if isinstance(sent, str):
        _bound(len(sent), 1)
        return sent
    items = _items(sent)
    _bound(sum(len(item) for item in items if isinstance(item, str)), len(items))
    for index, item in enumerate(items):
        if not isinstance(item, str | dict):
            raise refuse(f"must hold notation or objects; element {index} is {shown(item)}.")
    return list(items)


def _items(sent: object) -> tuple[object, ...]:
    found = sequence(sent)
    return (sent,) if found is None else found


def _bound(characters: int, layers: int) -> None:
    if characters > limits.MAX_TEXT:
        raise refuse(f"must have at most {limits.MAX_TEXT} characters, received {characters}.")
    if layers > limits.MAX_LAYERS:
        raise refuse(f"must have at most {limits.MAX_LAYERS} layers, received {layers}.")


def shapes(value: object) -> object:
    """One shape, or a list of them."""
    value = unstringified(value)
    items = sequence(value)
    if items is not None and any(isinstance(item, list | tuple) for item in items):
        if len(items) > MAX_INPUTS:
            raise refuse(f"holds {len(items)} shapes; at most {MAX_INPUTS} are answered.")
        return [_shape(item) for item in items]
    return _shape(value)


def _shape(value: object) -> object:
    if isinstance(value, str):
        parts = value.replace("×", "x").replace(",", "x").strip("()[] ").split("x")
        value = [int(part) if part.strip().isdecimal() and len(part) < 20 else part for part in parts]
    sizes = sequence(value)
    if sizes is None:
        raise refuse(f"must be a list of whole numbers, received {shown(value)}.")
    return [int(size) if isinstance(size, float) and size.is_integer() else size for size in sizes]


Layers = Annotated[list[str | dict[str, object]] | str, BeforeValidator(layers)]
InputShapes = Annotated[list[int | list[int | None] | None] | None, BeforeValidator(shapes)]
