"""How a layer is called: what it takes, what runs, and what the trace is told."""

import inspect

from paramcount_guest.state import STATE, stop

from keras import _dispatch
from keras._build import default
from keras._dispatch import DEPTH
from keras._shapes import from_shapes, shapes
from keras._tensor import KerasTensor, Shape, convert, placeholder, tensors_in

CONTEXT = []
"""The value of `training` in each call of a layer that runs, outermost first."""


class _Scope:
    """Notes which layer runs, and what flowed into it, while it does."""

    def __init__(self, layer, path, args, kwargs):
        self.layer, self.path = layer, path
        self.shapes = [list(one.shape) for one in tensors_in([list(args), kwargs])]

    def __enter__(self):
        if len(STATE.running) > 300:
            raise stop("limit", "layers call one another more than 300 deep.")
        layer, path = self.layer, self.path
        STATE.running.append((layer.name if path is None else path, type(layer).__name__, self.shapes))
        STATE.scopes.append(STATE.scopes[-1] if path is None else path)

    def __exit__(self, kind, error, trace):
        if kind is not None and (STATE.failed is None or STATE.failed[0] is not error):
            STATE.failed = (error, STATE.running[-1])
        STATE.running.pop()
        STATE.scopes.pop()


class Calls:
    """Methods of Layer that run when it is called."""

    def call(self, *args, **kwargs):
        raise NotImplementedError(f"Layer {type(self).__name__} does not have a `call()` method implemented.")

    def __call__(self, *args, **kwargs):
        if "_trainable" not in self.__dict__:
            self._not_initialised()
        args, kwargs = self._converted(list(args)), self._converted(kwargs)
        if not DEPTH.calls and not tensors_in(kwargs):
            self.__dict__.setdefault("_first_call", [(None, *one.shape[1:]) for one in tensors_in(args)])
        return _dispatch.noted(self, self._run, args, kwargs)

    def _converted(self, value):
        if isinstance(value, (KerasTensor, Shape, str, bytes, bool)) or value is None:
            return value
        if hasattr(value, "_array_"):
            return convert(value)
        if placeholder(value):
            raise stop("missing library", f"{value!r} is given to layer {self.name}, and its library is not here.")
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return value
        if isinstance(value, (list, tuple)):
            return type(value)([self._converted(one) for one in value]) if type(value) in (list, tuple) else value
        if isinstance(value, dict):
            return {key: self._converted(one) for key, one in value.items()}
        return value

    def _run(self, *args, **kwargs):
        signature = inspect.signature(self.call)
        if "training" in kwargs and "training" not in signature.parameters and self._kind_ is None:
            kwargs = {name: value for name, value in kwargs.items() if name != "training"}  # Keras drops it
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError as error:
            raise TypeError(f"{type(self).__name__}.call() {error}") from None
        if not self._positional_objects():
            for value in args:
                self._only_tensors(value)
        arguments = {}
        for name, value in bound.arguments.items():
            if signature.parameters[name].kind is inspect.Parameter.VAR_KEYWORD:
                arguments.update(value)
            elif signature.parameters[name].kind is inspect.Parameter.VAR_POSITIONAL:
                arguments[name] = list(value)
            else:
                arguments[name] = value
        self._check_input(args[0] if args else next(iter(arguments.values()), None))
        path = STATE.module_paths.get(id(self))
        with _Scope(self, path, args, kwargs):
            training = self._training(signature, kwargs)
            CONTEXT.append(training)
            try:
                self._maybe_build(arguments)
                if (
                    "training" in signature.parameters
                    and kwargs.get("training") is None
                    and "training" not in bound.arguments
                ):
                    kwargs = {**kwargs, "training": training}
                return self.call(*args, **kwargs)
            finally:
                CONTEXT.pop()

    def _positional_objects(self):
        return self._kind_ is not None or getattr(self, "_allow_non_tensor_positional_args", False)

    def _only_tensors(self, value):
        if isinstance(value, (list, tuple)):
            for one in value:
                self._only_tensors(one)
        elif isinstance(value, dict):
            for one in value.values():
                self._only_tensors(one)
        elif value is not None and not isinstance(value, (KerasTensor, int, float)):
            raise ValueError(
                "Only input tensors may be passed as positional arguments. The following argument value should be "
                f"passed as a keyword argument: {value!r:.60} (of type {type(value)})"
            )

    def _check_input(self, value):
        return None

    def _training(self, signature, kwargs):
        given = kwargs.get("training")
        if given is None and CONTEXT:
            given = CONTEXT[-1]
        if given is None and "training" in signature.parameters:
            found = signature.parameters["training"].default
            given = None if found is inspect.Parameter.empty else found
        return bool(given)

    @default
    def compute_output_shape(self, input_shape):
        with DEPTH:
            return shapes(self(from_shapes(input_shape)))

    def compute_output_spec(self, *args, **kwargs):
        with DEPTH:
            return self(*args, **kwargs)

    def symbolic_call(self, *args, **kwargs):
        return self.compute_output_spec(*args, **kwargs)

    @default
    def compute_mask(self, inputs, previous_mask=None):
        return previous_mask
