"""A Keras model as the trace has it: its layers with their weights, and what runs when something flows through."""

import inspect

from paramcount_guest.state import STATE, stop

from keras._build import is_default
from keras._dispatch import DEPTH, OUTSIDE, PARTS, TOLD, untracked, written
from keras._input import InputLayer
from keras._layer import LAYERS, Layer, snake
from keras._leaf import is_leaf
from keras._models import Model
from keras._numbers import BATCHES
from keras._shapes import is_shape
from keras._tensor import KerasTensor, make, plain, replaced, tensors_in

FRAMEWORK = "keras"
BASE = Layer


class Summary:
    """The module tree of a model; a layer that is met again is told by its first path."""

    def __init__(self, root):
        self.modules, self.first, self.held = [], {}, {}
        self.trainable = root.trainable
        self._walk("", root)

    def _walk(self, path, layer):
        entry = {"path": path, "class": type(layer).__name__, "kind": None, "hyper": None, "same_as": None,
                 "parameters": [], "buffers": []}  # fmt: skip
        self.modules.append(entry)
        if id(layer) in self.first:
            entry["same_as"] = self.first[id(layer)]
            return
        self.first[id(layer)] = path
        STATE.keep.append(layer)
        STATE.module_paths[id(layer)] = path
        if _plain_leaf(layer):
            entry |= {"kind": layer._kind_, "hyper": layer.hyper(), "built": layer.taken()}
            entry["parameters"] = [self._row(path, name, one) for name, one in layer.parts()]
            STATE.leaves.add(path)
            self._reach(path, layer)
            return
        own = [*layer._trainable_variables, *layer._non_trainable_variables]
        kinds = getattr(layer, "_leaf_class_", None)
        if kinds is not None and layer._kind_ is not None:
            own = self._derived(path, layer, own)
        entry["parameters"] = [self._row(path, one.name, one) for one in _named(own)]
        taken = set()
        for inner in layer._layers:
            if isinstance(inner, InputLayer):
                continue
            name, count = inner.name, 1
            while name in taken:
                count += 1
                name = f"{inner.name}#{count}"
            taken.add(name)
            self._walk(f"{path}.{name}" if path else name, inner)

    def _derived(self, path, layer, own):
        """A class derived from one of Keras's: what is Keras's stands below it, under the name of its kind."""
        theirs = [(name, one) for name, one in layer.parts() if getattr(one, "_made_here", False)]
        place = f"{path}.{snake(layer._kind_)}" if path else snake(layer._kind_)
        if theirs or not own:
            self.modules.append(
                {"path": place, "class": layer._kind_, "kind": layer._kind_, "hyper": layer.hyper(), "same_as": None,
                 "built": layer.taken(),
                 "parameters": [self._row(place, name, one) for name, one in theirs], "buffers": []}
            )  # fmt: skip
            PARTS[path] = place
        else:
            PARTS[path] = None
        mine = {id(one) for _, one in theirs}
        return [one for one in own if id(one) not in mine]

    def _reach(self, path, layer):
        """Layers inside one that stands for itself belong to it."""
        for inner in layer._layers:
            if id(inner) not in self.first:
                self.first[id(inner)] = path
                STATE.keep.append(inner)
                self._reach(path, inner)

    def _row(self, path, name, one):
        full = f"{path}.{name}" if path else name
        row = {"name": name, "shape": list(one.shape), "trainable": one.trainable and self.trainable,
               "shared_with": self.held.get(id(one))}  # fmt: skip
        if id(one) not in self.held:
            self.held[id(one)] = full
            STATE.tensor_paths[id(one)] = full
            STATE.keep.append(one)
        return row


def _named(variables):
    """Variables with names that tell them apart."""
    taken = {}
    for one in variables:
        count = taken[one.name] = taken.get(one.name, 0) + 1
        if count > 1:
            one.name = f"{one.name}_{count - 1}"
    return variables


def _plain_leaf(layer):
    """Whether a layer is one of Keras's own as the constructor made it."""
    kind = getattr(layer, "_leaf_class_", None)
    if kind is None or layer._kind_ is None:
        return False
    if is_leaf(layer):
        return all(
            [getattr(one, "_made_here", False) for one in layer._trainable_variables + layer._non_trainable_variables]
        )
    own = type(layer)
    return (
        own.call is kind.call
        and own.build is kind.build
        and own.__call__ is kind.__call__
        and all([getattr(one, "_made_here", False) for one in layer.weights])
        and len(layer._layers)
        == sum(
            [
                isinstance(layer.__dict__.get(name), Layer)
                for name in ("layer", "cell", "forward_layer", "backward_layer")
            ]
        )
    )


def _unbuilt(layer):
    """A layer whose weights are not made yet, or None."""
    if isinstance(layer, InputLayer):
        return None
    if not layer.built and (not is_default(type(layer).build) or not layer._layers) and _has_weights(layer):
        return layer
    for inner in layer._layers:
        found = _unbuilt(inner)
        if found is not None:
            return found
    return None


def _has_weights(layer):
    """Whether building could make weights: a layer without a `build` of its own has none."""
    return not is_default(type(layer).build)


class Reading:
    """One model: its summary, and its run."""

    def __init__(self, model):
        self.model = model
        self.modules = []
        self.inputs, self.outputs, self.input_shapes, self.output_shapes = [], [], [], []

    def declared(self):
        """The shapes of the inputs that the source itself tells, None where it leaves sizes open; else None."""
        model = self.model
        if isinstance(model, Model) and model._graph is not None:
            return [tuple(one.shape) for one in tensors_in(model._graph.inputs)]
        if model._inbound_nodes:
            return [tuple(one.shape) for one in model._inbound_nodes[0].inputs]
        given = model.__dict__.get("_build_input_shape")
        if given is not None:
            return [tuple(given)] if is_shape(given) else [tuple(one) for one in given]
        return model.__dict__.get("_first_call") or None

    def flowing(self, shapes):
        """Tensors to run the model on: a batch of one, sizes as asked for, and others where the source leaves one open."""
        declared = self.declared()
        TOLD[0] = shapes is not None
        if shapes is None:
            if declared is None or any([None in one[1:] for one in declared]):
                return None
            return [make(_opened(shape)) for shape in declared]
        if declared is not None and len(declared) != len(shapes):
            raise ValueError(f"input_shape holds {len(shapes)} shapes, but the model has {len(declared)} inputs.")
        found = []
        for place, shape in enumerate(shapes):
            own = declared[place] if declared is not None else (None, *shape)
            if len(own) != len(shape) + 1 or any([one not in (None, size) for one, size in zip(own[1:], shape)]):
                raise ValueError(
                    f"input_shape {list(shape)} is not what the model declares: {list(own[1:])}, the batch left out."
                )
            other = [size if one is not None else 2 * size for one, size in zip(own[1:], shape)]
            found.append(make([(BATCHES[0], *shape), (BATCHES[1], *shape), (BATCHES[2], *other)]))
        return found

    def build(self, shapes):
        """Make the weights that depend on what flows in, and take the layers down.

        Returns:
            a layer that has none yet, where the shape of the input is not known.
        """
        flowing = self.flowing(shapes)
        if _unbuilt(self.model) is not None or not self.model.built:
            if flowing is None:
                missing = _unbuilt(self.model)
                if missing is None and not self.model.built:
                    missing = self.model
                if missing is not None:
                    return missing
            else:
                with DEPTH:
                    self._call(flowing)
        self.modules = Summary(self.model).modules
        if flowing is None:
            self._tried()
        missing = _unbuilt(self.model)
        if missing is not None:
            STATE.warn(
                f"Layer {missing.name} ({type(missing).__name__}) is part of the model, but nothing flows into it: it has no weights, as in Keras."
            )
        return None

    def _call(self, flowing):
        """Call the model as its signature wants it."""
        model = self.model
        graph = getattr(model, "_graph", None)
        if graph is not None and isinstance(graph.inputs, dict):
            values = iter(flowing)
            return model(replaced(graph.inputs, lambda one: next(values)))
        if graph is None and model._inbound_nodes:
            values = iter(flowing)
            known = {id(one): value for one, value in zip(model._inbound_nodes[0].inputs, values)}
            args, kwargs = (
                replaced(part, lambda one: known.get(id(one), one)) for part in model._inbound_nodes[0].arguments
            )
            return model(*args, **kwargs)
        if graph is not None:
            return model(flowing[0] if len(flowing) == 1 else list(flowing))
        taken = [
            one.name
            for one in inspect.signature(model.call).parameters.values()
            if one.default is one.empty and one.kind is one.POSITIONAL_OR_KEYWORD
        ]
        told = {name: None if name == "mask" else False for name in taken[1:] if name in ("training", "mask")}
        several = len(flowing) > 1 and len(taken) - len(told) == len(flowing)
        return model(*(flowing if several or len(flowing) == 1 else [list(flowing)]), **told)

    def run(self, shapes):
        """Run the model and record what it calls.

        Returns:
            whether there was a shape to run it on.
        """
        flowing = self.flowing(shapes)
        if flowing is None:
            return False
        for one in flowing:
            one._id = STATE.new_value()
        self.inputs = [one._id for one in flowing]
        self.input_shapes = [written(one) for one in flowing]
        OUTSIDE.clear()
        STATE.recording = True
        try:
            with DEPTH:
                result = self._call([_noted(one) for one in flowing])
        finally:
            STATE.recording = False
            self.modules = [*self.modules, *STATE.beside.values()]
        found = tensors_in(result)
        if not found:
            raise TypeError(f"call() gives {type(result).__name__}, in which there is no tensor.")
        self.outputs = [one._id for one in found if one._id is not None]
        self.output_shapes = [written(one) for one in found]
        self._orphans()
        return True

    def _tried(self):
        """Run the model with stand-ins for the sizes that are left open, to see whether it uses what it does not have."""
        declared = self.declared()
        if declared is None:
            return
        OUTSIDE.clear()
        STATE.recording = True
        try:
            with DEPTH:
                self._call([make(_opened(shape)) for shape in declared])
        except Exception:  # noqa: S110 - it is run again where the sizes are known, and fails there
            pass
        finally:
            STATE.recording = False
            STATE.calls.clear()
        self._forget_beside()
        self._refuse_untracked()

    def untracked(self):
        """What ran without being part of the model."""
        return list(OUTSIDE.values())

    @staticmethod
    def _forget_beside():
        """Forget the layers that were made while the model ran: the next run makes them again."""
        for key in [key for key, path in STATE.module_paths.items() if path in STATE.beside]:
            del STATE.module_paths[key]
        STATE.beside.clear()

    def _refuse_untracked(self):
        """Refuse weights that flow into the answer and are no part of the model."""
        if OUTSIDE:
            one = next(iter(OUTSIDE.values()))
            raise stop("user error", untracked(one, one.weights if isinstance(one, Layer) else [one]))

    def _orphans(self):
        """Refuse what is not tracked, and name layers that are beside the model."""
        self._refuse_untracked()
        inside = {id(one) for one in self.model._flatten_layers()}
        beside = [
            one for one in LAYERS if id(one) not in inside and one.__dict__.get("name") and one._trainable_variables
        ]
        inner = {id(one) for layer in beside for one in layer._layers}
        rest = [one for one in beside if id(one) not in inner]
        if rest:
            names = ", ".join(
                [f"{one.name} ({sum([w.shape.num_elements() for w in one.weights])})" for one in rest[:8]]
            )
            STATE.warn(
                f"Layers with weights that were made beside the model and are not counted: {names}{' …' if len(rest) > 8 else ''}."
            )


def _opened(shape):
    from keras._tensor import opened

    return opened((None, *shape[1:]))


def _noted(one):
    return one


__all__ = ["KerasTensor", "Reading", "plain"]
