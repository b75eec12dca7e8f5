"""clone_model: the same layers and connections, made anew."""

from paramcount_guest.state import stop

from keras._input import Input, InputLayer
from keras._layer import Layer
from keras._models import Functional, Model
from keras._sequential import Sequential
from keras._tensor import replaced, tensors_in


def clone_model(model, input_tensors=None, clone_function=None, call_function=None, recursive=False, **kwargs):
    if call_function is not None or recursive or input_tensors is not None:
        raise stop("unsupported", "clone_model() with input_tensors, call_function or recursive is not supported.")
    if model._graph is None:
        raise ValueError("Expected `model` argument to be a functional or sequential `Model` instance.")
    made, known = {}, {}

    def clone(layer):
        if id(layer) not in made:
            if clone_function is not None:
                made[id(layer)] = clone_function(layer)
            elif isinstance(layer, Model) and layer._graph is not None:
                made[id(layer)] = clone_model(layer)
            else:
                config = layer.get_config()
                made[id(layer)] = type(layer).from_config(config)
        return made[id(layer)]

    graph = model._graph
    if isinstance(model, Sequential):
        return Sequential([
            InputLayer(batch_shape=layer.batch_shape, name=layer.name) if isinstance(layer, InputLayer) else clone(layer)
            for layer in model._layers
        ], name=model.name)  # fmt: skip
    for one in tensors_in(graph.inputs):
        known[id(one)] = Input(batch_shape=one.shape, dtype=one.dtype, name=one._node.operation.name)
    for node in graph.nodes:
        if all([id(one) in known for one in node.outputs]):
            continue
        args, kwargs = (replaced(part, lambda one: known.get(id(one), one)) for part in node.arguments)
        operation = clone(node.operation) if isinstance(node.operation, Layer) else node.operation
        for one, value in zip(node.outputs, tensors_in(operation(*args, **kwargs))):
            known[id(one)] = value
    inputs, outputs = (replaced(part, lambda one: known[id(one)]) for part in (graph.inputs, graph.outputs))
    return Functional(inputs, outputs, name=model.name)
