"""The weights of a layer, and those of its layers."""

import sys

from paramcount_guest.state import STATE

from keras._variable import Variable


class Weights:
    """Methods of Layer that make its weights and tell which it has."""

    def add_weight(
        self, *args, shape=None, initializer=None, dtype=None, trainable=True, autocast=True, regularizer=None,
        constraint=None, aggregation="none", overwrite_with_gradient=False, name=None,
    ):  # fmt: skip
        if "_trainable" not in self.__dict__:
            self._not_initialised()
        given = list(args)
        if given and isinstance(given[0], str):  # Keras 2's order begins with the name
            name = given.pop(0)
        if given:
            shape = given.pop(0)
        if given and args[:1] != (name,):
            initializer = given.pop(0)
        shape = () if shape is None else shape
        made = Variable(initializer or "zeros", shape=shape, dtype=dtype or self.dtype, trainable=trainable, name=name)
        made._made_here = sys._getframe(1).f_code.co_filename not in STATE.files
        self._tracker.track(made)
        if not self._trainable:
            made.trainable = False
        return made

    add_variable = add_weight

    def add_loss(self, *args, **kwargs):
        return None

    def add_metric(self, *args, **kwargs):
        return None

    losses = property(lambda self: [])
    metrics = property(lambda self: [])
    metrics_variables = property(lambda self: [])
    updates = property(lambda self: [])

    @property
    def trainable(self):
        return self._trainable

    @trainable.setter
    def trainable(self, value):
        value = bool(value)
        self.__dict__["_trainable"] = value
        for one in self._trainable_variables:
            one.trainable = value
        for layer in self._layers:
            layer.trainable = value

    @property
    def weights(self):
        found = [*self._trainable_variables, *self._non_trainable_variables]
        for layer in self._layers:
            found += layer.weights
        return list({id(one): one for one in found}.values())

    variables = property(lambda self: self.weights)

    @property
    def trainable_weights(self):
        return [one for one in self.weights if one.trainable] if self.trainable else []

    @property
    def non_trainable_weights(self):
        return [one for one in self.weights if not one.trainable] if self.trainable else self.weights

    trainable_variables = property(lambda self: self.trainable_weights)
    non_trainable_variables = property(lambda self: self.non_trainable_weights)

    def count_params(self):
        if not self.built:
            raise ValueError(
                f"You tried to call `count_params` on layer '{self.name}', but the layer isn't built. You can build it "
                "manually via: `layer.build(input_shape)`."
            )
        return sum([one.shape.num_elements() for one in self.weights])

    def get_weights(self):
        return [one.numpy() for one in self.weights]

    def set_weights(self, weights):
        own = self.weights
        if len(own) != len(weights):
            raise ValueError(
                f"You called `set_weights(weights)` on layer '{self.name}' with a weight list of length {len(weights)}, "
                f"but the layer was expecting {len(own)} weights."
            )
        for one, value in zip(own, weights):
            one.assign(value)

    def _flatten_layers(self, recursive=True, include_self=True):
        found = [self] if include_self else []
        for layer in self._layers:
            found += layer._flatten_layers(recursive) if recursive else [layer]
        return found

    dtype = variable_dtype = property(lambda self: self.dtype_policy.variable_dtype)
    compute_dtype = property(lambda self: self.dtype_policy.compute_dtype)
    input_dtype = property(lambda self: self.dtype_policy.compute_dtype)
    _dtype_policy = property(lambda self: self.dtype_policy)
    path = property(lambda self: self.name)
