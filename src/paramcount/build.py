"""What a caller gives → Layer, Network."""

from collections.abc import Mapping, Sequence

from paramcount.declared import InputShape
from paramcount.errors import ParamcountError, UnknownNameError
from paramcount.layers import kind_named
from paramcount.layers.base import Layer
from paramcount.limits import MAX_LAYERS
from paramcount.making import agree, filled, made, make, plain
from paramcount.network import Network
from paramcount.notation import NO_VALUES, Call, Number
from paramcount.signature import Framework
from paramcount.written import Item, Written


def layer(written: Item, *, framework: Framework | None = None) -> Layer:
    """Make one layer from notation or from a JSON object.

    Args:
        written: `"Conv2d(3, 32, 3)"` or `{"kind": "conv2d", "in_channels": 3, …}`.
        framework: "pytorch" or "keras"; left out, the spelling tells, and PyTorch where it does not.

    Raises:
        ParamcountError: the layer cannot be read or breaks a rule.
    """
    one = plain(written)
    if one is not None:
        several: Sequence[Written] = (one,)
    else:
        from paramcount.items import one_layer  # what knows every block and network: few layers need it

        one, several = one_layer(written, framework)
    try:
        return make(one, agree(several, framework))
    except ParamcountError as error:
        raise error.within(one.name[:60]) from None


def layer_of_kind(kind: str, fields: Mapping[str, object], *, framework: Framework) -> Layer:
    """Make one layer from its canonical name and fields, the short way for what is already taken apart.

    Raises:
        KeyError: there is no such kind.
        ParamcountError: the framework has no such layer, a field is unknown, or one breaks a rule.
    """
    found = kind_named(kind)
    signature = found.signature(framework)
    if signature is None:
        raise UnknownNameError(f"{kind!r} does not exist in {framework}.")
    return filled(found, signature, signature.bind((), fields, canonical=True), framework, depth=0)


def layer_of_call(name: str, arguments: Mapping[str, object], *, framework: Framework) -> Layer:
    """Make one layer from its constructor's name and arguments by name.

    Raises:
        ParamcountError: the name or an argument is unknown, or an argument breaks a rule.
    """
    return layer_from(Call(name, (), dict(arguments)), framework=framework)


def layer_from(call: Call, *, framework: Framework) -> Layer:
    """Make one layer from a call that was read already.

    Raises:
        ParamcountError: there is no such layer, or an argument breaks a rule.
    """
    return made(Written(call.name, call.args, call.kwargs, ""), framework)


def network(
    items: Item | Sequence[Item],
    *,
    input_shape: InputShape | None = None,
    framework: Framework | None = None,
    most: int = MAX_LAYERS,
    values: Mapping[str, Number] = NO_VALUES,
) -> Network:
    """Make a network: layers that run one after the other, and blocks that say otherwise.

    Args:
        items: notation, JSON objects, or both mixed; a text may hold any number of layers.
        input_shape: the shape of one sample, batch excluded, in the framework's order: (C, H, W) for
            PyTorch, (H, W, C) for Keras; a list of shapes for several inputs.
            Keras's `Input(shape=…)` and `input_shape=…` do as well.
        framework: "pytorch" or "keras"; left out, the spelling tells, and PyTorch where it does not.
        most: how many layers the network may have.
        values: what names of numbers stand for: `{"w": 64}` for `Conv2d(3, w, 3)`.

    Raises:
        ParamcountError: a layer cannot be read or breaks a rule; all mistakes together.
    """
    from paramcount.assembly import assembled  # blocks, wiring and the catalogue: a layer by itself does without them

    return assembled(items, input_shape, framework, most, values)
