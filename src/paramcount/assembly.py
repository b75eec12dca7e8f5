"""Layers and blocks as a caller gives them → Network. Mistakes are collected on the way and reported together."""

from collections.abc import Mapping, Sequence

from paramcount import shapes
from paramcount.apart import FindBody, TakenApart
from paramcount.bodies import Bodies
from paramcount.declared import InputShape, checked_shapes
from paramcount.errors import LayerError, ParamcountError, raise_all
from paramcount.items import take_apart
from paramcount.making import agree, made
from paramcount.network import INPUT, Network
from paramcount.notation import Number
from paramcount.parts import NOTHING
from paramcount.shapes import Shape
from paramcount.signature import Framework
from paramcount.wiring import Wiring, WithinError
from paramcount.written import Item


def assembled(
    items: Item | Sequence[Item],
    input_shape: InputShape | None,
    framework: Framework | None,
    most: int,
    values: Mapping[str, Number],
) -> Network:
    """Make a network, of blocks that were wired before where it can be.

    Raises:
        ParamcountError: a layer cannot be read or breaks a rule; all mistakes together.
    """
    bodies = Bodies(made)
    try:
        return _network(items, input_shape, framework, most, values, bodies.find)
    except (ParamcountError, WithinError):
        if not bodies.found:
            raise
    return _network(items, input_shape, framework, most, values, None)  # and say of each layer what there is to say


def _network(
    items: Item | Sequence[Item],
    input_shape: InputShape | None,
    framework: Framework | None,
    most: int,
    values: Mapping[str, Number],
    wired: FindBody | None,
) -> Network:
    problems: list[ParamcountError] = []
    found, part, given = TakenApart(most), NOTHING, None
    chosen: Framework = "keras" if framework == "keras" else "pytorch"  # until the spellings tell
    try:
        given = None if input_shape is None else checked_shapes(input_shape)
    except ParamcountError as error:
        problems.append(error)
    try:
        several = [items] if isinstance(items, str | Mapping) else items
        found, part = take_apart(several, most, problems, framework, values, wired)
    except ParamcountError as error:
        problems.append(error)
    try:
        chosen = agree(found.layers, framework)
    except ParamcountError as error:  # by the rules of no one framework can the layers be made
        problems.append(error)
        raise_all(problems)
    wiring = Wiring(chosen, lambda one: made(one, chosen), problems, most)
    last = INPUT
    try:
        last = wiring.run(part, INPUT)
    except ParamcountError as error:
        problems.append(error)
    if not found.layers and not problems:
        problems.append(LayerError("no layer was given."))
    sources: tuple[tuple[str, Shape | None], ...] = ()
    try:
        declared = found.declared
        if not declared and found.usual is not None and given is None:
            declared = [found.usual]
        sources = _sources(wiring.sources, declared, given)
        flows = sources[0][1]
        if found.channels is not None and flows is not None and flows[-1:] != (found.channels,):
            raise LayerError(f"in_channels={found.channels}, but input_shape={shapes.text(flows)}. Give one.")
    except ParamcountError as error:
        problems.append(error)
    raise_all(problems)
    return Network(
        chosen,
        tuple(wiring.nodes),
        sources,
        wiring.outputs or (last,),
        tuple(wiring.unused),
        tuple(wiring.ties),
        found.catalogued,
        found.blocks,
    )


def _sources(
    declared: Sequence[tuple[str, Shape | None]], first: Sequence[Shape], given: tuple[Shape, ...] | None
) -> tuple[tuple[str, Shape | None], ...]:
    """The inputs and their shapes: those given, else those declared by inputs, else by the first layer."""
    own = list(declared) or [(INPUT, None)]
    if first and own[0][1] is None:
        own[0] = (own[0][0], first[0])
    if given is None:
        return tuple(own)
    if len(given) != len(own):
        raise LayerError(
            f"input_shape holds {len(given)} shapes, but the network has {len(own)} input{'' if len(own) == 1 else 's'}"
            f" ({', '.join(name for name, _ in own[:8])})."
        )
    for (_, shape), asked in zip(own, given, strict=True):
        if shape is not None and shape != asked:
            raise LayerError(
                f"input_shape={shapes.text(asked)}, but the layers declare {shapes.text(shape)}. Give one."
            )
    return tuple([(name, shape) for (name, _), shape in zip(own, given, strict=True)])
