"""How an operation runs: shapes by the shared rules, in each run; numbers where they are known; a line in the trace."""

import functools

from paramcount_guest import state
from paramcount_guest.state import STATE, location
from paramcount_guest.values import LIMIT

from keras._numbers import RUNS, Sym, of_run
from keras._tensor import convert, make, plain, replaced, tensors_in
from paramcount.operations import OPERATIONS, OperationError


class Depth:
    """How many calls of layers and operations surround what runs: only the outermost becomes a node of a graph."""

    def __init__(self):
        self.calls = 0

    def __enter__(self):
        self.calls += 1

    def __exit__(self, *args):
        self.calls -= 1


DEPTH = Depth()


class Node:
    """One use of a layer or an operation in a functional graph."""

    def __init__(self, operation, args, kwargs, outputs):
        self.operation = operation
        self.arguments = (args, kwargs)
        self.inputs = tensors_in([list(args), kwargs])
        self.outputs = tensors_in(outputs)
        nodes = operation._inbound_nodes
        self.index = len(nodes)
        self.at = location()
        nodes.append(self)
        for place, one in enumerate(self.outputs):
            one._node, one._place = self, place

    is_input = property(lambda self: not self.inputs)
    parents = property(lambda self: [one._node for one in self.inputs if one._node is not None])
    input_tensors = property(lambda self: self.inputs[0] if len(self.inputs) == 1 else self.inputs)
    output_tensors = property(lambda self: self.outputs[0] if len(self.outputs) == 1 else self.outputs)


class OperationNode:
    """An operation that was applied to symbolic tensors outside a layer; it stands among a model's operations."""

    def __init__(self, function, name):
        self.function = function
        self.name = unique(name)
        self._inbound_nodes = []

    def __call__(self, *args, **kwargs):
        return self.function(*args, **kwargs)


TOLD = [False]
"""Whether the caller told the sizes that the source leaves open."""

PARTS = {}
"""Path of a layer whose class is derived from one of Keras's → the path of the part that is Keras's own."""

OUTSIDE = {}
"""Layers and variables that ran without being part of the model, by their id."""

NAMES = {}
"""How often each automatic name was given."""


def unique(name):
    """An automatic name, numbered as Keras numbers them: dense, dense_1, dense_2."""
    count = NAMES.get(name, 0)
    NAMES[name] = count + 1
    return name if not count else f"{name}_{count}"


def symbolic(value):
    """Whether a tensor in it belongs to a functional graph that is being written."""
    return not DEPTH.calls and any([one._node is not None for one in tensors_in(value)])


def noted(operation, function, args, kwargs):
    """Run a function on tensors without their history, and write a node of the graph where they had one."""
    if not symbolic([list(args), kwargs]):
        with DEPTH:
            return function(*args, **kwargs)
    with DEPTH:
        outputs = function(*replaced(args, plain), **replaced(kwargs, plain))
    outputs = replaced(outputs, plain)
    Node(operation() if callable(operation) and not hasattr(operation, "_inbound_nodes") else operation, args, kwargs,
         outputs)  # fmt: skip
    return outputs


def op(function):
    """Make a function an operation: applied to symbolic tensors, it becomes a node of their graph."""

    @functools.wraps(function)
    def run(*args, **kwargs):
        if DEPTH.calls or not symbolic([list(args), kwargs]):
            return function(*args, **kwargs)
        return noted(lambda: OperationNode(run, function.__name__), function, args, kwargs)

    return run


def shapes_of(name, tensors, attributes):
    """The output shapes in each run."""
    found = []
    for run in range(RUNS):
        shapes = [one._runs[run] for one in tensors]
        if found and all([one._runs[run] == one._runs[0] for one in tensors]) and not _differs(attributes):
            found.append(found[0])
            continue
        try:
            found.append(OPERATIONS[name].outputs(shapes, of_run(attributes, run)))
        except OperationError as error:
            if found:  # it holds for the sizes that were asked for: what differs is only a size left open
                found.append(found[0])
                continue
            raise ValueError(str(error)) from None
    return found


def _differs(value):
    if isinstance(value, Sym):
        return True
    if isinstance(value, (list, tuple)):
        return any([_differs(one) for one in value])
    return isinstance(value, dict) and any([_differs(one) for one in value.values()])


def run(name, tensors, attributes=None, dtype=None, compute=None):
    """Run an operation by its name in the shared rules; the result, or a list of results where there are several.

    `compute` takes the numbers of each tensor, as a flat list, and returns those of the only result.
    """
    attributes = attributes or {}
    found = shapes_of(name, tensors, attributes)
    dtype = dtype or (tensors[0].dtype if tensors else "float32")
    results = [make([one[place] for one in found], dtype) for place in range(len(found[0]))]
    if compute is not None and all([one._values is not None for one in tensors]):
        values = compute(*[one._values for one in tensors])
        if values is not None and len(values) <= LIMIT:
            results[0]._values = values
    record(name, tensors, attributes, results)
    return results[0] if len(results) == 1 else results


def spread(one, shape):
    """The numbers of a tensor, repeated to a shape that it spreads to."""
    own = (1,) * (len(shape) - len(one.shape)) + tuple(one.shape)
    if own == tuple(shape):
        return one._values
    places = [0]
    for at, size in enumerate(shape):
        step = 1
        for inner in own[at + 1 :]:
            step *= inner
        places = [base + (0 if own[at] == 1 else place * step) for base in places for place in range(size)]
    return [one._values[place] for place in places]


def elementwise(name, values, compute=None, dtype=None, attributes=None):
    """Run an operation on tensors and numbers that spread to one shape."""
    tensors = [convert(value, what=f"an operand of {name}") for value in values]
    if dtype is None:
        dtype = promoted(tensors, values)
    result = run(name, tensors, attributes, dtype)
    known = compute is not None and all([one._values is not None for one in tensors])
    if known and None not in result.shape and result.shape.num_elements() <= LIMIT:
        from keras._numbers import lifted

        function = lifted(compute)
        try:
            result._values = [function(*each) for each in zip(*[spread(one, result.shape) for one in tensors])]
        except (ArithmeticError, ValueError):
            result._values = None
    return result


def promoted(tensors, values):
    """The type that operands come to: numbers of Python's weigh less than tensors."""
    order = [
        "bool",
        "uint8",
        "int8",
        "uint16",
        "int16",
        "uint32",
        "int32",
        "uint64",
        "int64",
        "bfloat16",
        "float16",
        "float32",
        "float64",
    ]
    strong = [one.dtype for one, value in zip(tensors, values) if not isinstance(value, (int, float))]
    weak = [one.dtype for one, value in zip(tensors, values) if isinstance(value, (int, float))]
    best = max(strong or weak, key=lambda name: order.index(name) if name in order else 99)
    if strong and "float" not in best and any(["float" in one for one in weak]):
        return "float32"
    return best


def reference(one):
    """How the trace refers to a tensor."""
    if one._id is not None:
        return {"value": one._id}
    path = STATE.tensor_paths.get(id(one))
    if path is not None:
        return {"parameter": path}
    if hasattr(one, "trainable"):
        OUTSIDE[id(one)] = one
    return {"constant": written(one)}


def written(one, told=None):
    """A shape as the trace has it: None where the source leaves a size open, and nobody has told it."""
    first, _, other = one._runs
    if TOLD[0] if told is None else told:
        return list(first)
    return [size if size == again else None for size, again in zip(first, other)]


PLACES = []
"""Where the nodes that run again were written, outermost first."""


def _at():
    """The user's file and line: of what runs, or of where the node that runs was written."""
    file, line = location()
    if file is None and PLACES:
        file, line = PLACES[-1]
    return None if file is None else [file, line]


def untracked(one, weights):
    """What to say of weights that the model uses and does not have."""
    count = sum([weight.shape.num_elements() for weight in weights])
    return (
        f"The model uses {one.name} ({type(one).__name__}), with {count} weights that Keras does not track: it would neither "
        "count nor train them. Make it an attribute of a layer, or a layer of the model."
    )


def record(name, tensors, attributes, results, module=None):
    """Write one call into the trace, unless it is about constants alone and multiplies nothing."""
    if STATE.recording and not STATE.paused:
        inputs = [reference(one) for one in tensors]
        state.record(name, module, inputs, of_run(attributes, 0), results, written, _at)
