"""The graph of a functional model: which uses of layers lie between its inputs and its outputs, and in which order."""

from keras._dispatch import DEPTH, PLACES
from keras._tensor import replaced, tensors_in


class Graph:
    """Nodes from inputs to outputs, and their layers in Keras's order: by distance from the output, then as met."""

    def __init__(self, inputs, outputs, stand_ins):
        self.inputs, self.outputs = inputs, outputs
        self.stand_ins = stand_ins  # id of an input that is another layer's output → the input layer made for it
        self.nodes, met = [], {}
        given = {id(one) for one in tensors_in(inputs)}
        for one in tensors_in(outputs):
            self._collect(one, given, met)
        self.operations = self._sorted(met)
        self._check()

    def _collect(self, tensor, given, met):
        """Depth first, without recursion: graphs are deeper than Python's stack."""
        finished = {id(node) for node in self.nodes}
        if id(tensor) in given and not tensor._node.is_input:
            return
        stack = [(tensor._node, None)]
        while stack:
            node, rest = stack.pop()
            if rest is None:
                if id(node) in finished:
                    continue
                finished.add(id(node))
                met.setdefault(id(node.operation), (len(met), node.operation))
                rest = iter(node.inputs)
            for one in rest:
                if one._node is None or (id(one) in given and not one._node.is_input) or id(one._node) in finished:
                    continue
                stack.append((node, rest))
                stack.append((one._node, None))
                break
            else:
                self.nodes.append(node)

    def _sorted(self, met):
        inside = {id(node) for node in self.nodes}
        depths, of_operation = {}, {}
        for node in reversed(self.nodes):
            depth = max(depths.get(id(node), 0), of_operation.get(id(node.operation), 0))
            depths[id(node)] = of_operation[id(node.operation)] = depth
            for parent in node.parents:
                if id(parent) in inside:
                    depths[id(parent)] = max(depth + 1, depths.get(id(parent), 0))
        order = {key: (-of_operation[key], place) for key, (place, _) in met.items() if key in of_operation}
        found = [met[key][1] for key in sorted(order, key=order.__getitem__)]
        unused = [
            one._node.operation
            for one in tensors_in(self.inputs)
            if one._node.is_input and id(one._node.operation) not in of_operation
        ]
        return [*self.stand_ins.values(), *found, *unused]

    def _check(self):
        computable = {id(one) for one in tensors_in(self.inputs)}
        done = []
        for node in self.nodes:
            for one in node.inputs:
                if id(one) not in computable and one._node is not None:
                    raise ValueError(
                        f"Graph disconnected: cannot find parent for tensor {one} at operation '{node.operation.name}'. "
                        f"The following previous operations were accessed without issue: {done[-20:]}"
                    )
            if node.is_input and id(node.outputs[0]) not in computable:
                raise ValueError(
                    f"Graph disconnected: cannot find parent for tensor {node.outputs[0]} at operation "
                    f"'{node.operation.name}'. The following previous operations were accessed without issue: {done[-20:]}"
                )
            computable.update([id(one) for one in node.outputs])
            done.append(node.operation.name)
        names = [operation.name for operation in self.operations]
        for name in names:
            if names.count(name) != 1:
                raise ValueError(
                    f'The name "{name}" is used {names.count(name)} times in the model. All operation names should be unique.'
                )

    def run(self, values):
        """Run it on these tensors, one for each input."""
        known = {id(one): value for one, value in zip(tensors_in(self.inputs), values)}
        with DEPTH:
            for node in self.nodes:
                if node.is_input or all([id(one) in known for one in node.outputs]):
                    continue

                def put(one):
                    return known.get(id(one), one)

                args, kwargs = node.arguments
                PLACES.append(node.at)
                found = tensors_in(node.operation(*replaced(list(args), put), **replaced(kwargs, put)))
                PLACES.pop()
                for one, value in zip(node.outputs, found, strict=True):
                    known[id(one)] = value
        return replaced(self.outputs, lambda one: known[id(one)])
