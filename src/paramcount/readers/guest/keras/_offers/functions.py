"""What keras.ops, keras.random and keras.activations offer here."""

from keras import _inert
from keras._inert import inert
from keras._modules import offer
from keras._ops import ACTIVATIONS, IMAGE, OPS, RANDOM
from keras._surface import NAMES

offer("keras.ops", **OPS)
for _name in ("nn", "numpy", "linalg"):
    offer(
        f"keras.ops.{_name}",
        **{name: value for name, value in OPS.items() if name in NAMES[f"keras.ops.{_name}"].split()},
    )
offer("keras.ops.image", **IMAGE)
offer("keras.random", **RANDOM, SeedGenerator=inert("keras.random", "SeedGenerator"))
offer("keras.activations", **ACTIVATIONS, get=_inert.activation, swish=ACTIVATIONS["silu"],
      hard_swish=ACTIVATIONS["hard_silu"], serialize=lambda one: _inert.named(one),
      deserialize=lambda name, custom_objects=None: _inert.activation(name))  # fmt: skip
offer("keras.src.activations", **ACTIVATIONS, get=_inert.activation)


def source_inputs(tensor):
    """The inputs that a tensor comes from."""
    if tensor._node is None:
        return [tensor]
    found, seen, stack = [], set(), [tensor._node]
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if node.is_input:
            found += node.outputs
        stack += reversed(node.parents)
    return found


offer("keras.src.ops.operation_utils", get_source_inputs=source_inputs)
