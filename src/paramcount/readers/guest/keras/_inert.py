"""What is accepted and changes nothing that is counted: initialisers, regularisers, optimisers, policies, activations."""

from paramcount_guest.state import stop

from keras._surface import NAMES


class Inert:
    """An object of Keras's that a model may be given, and that nothing here asks for anything."""

    _name_ = ""

    def __init__(self, *args, **kwargs):
        self.__dict__.update(kwargs)

    def get_config(self):
        return {key: value for key, value in self.__dict__.items() if not key.startswith("_")}

    @classmethod
    def from_config(cls, config):
        return cls(**config)

    def __call__(self, shape=None, *args, **kwargs):
        from keras._tensor import KerasTensor, fixed

        if isinstance(shape, KerasTensor):
            return shape
        if isinstance(shape, (int, tuple, list)):
            return fixed((shape,) if isinstance(shape, int) else shape, kwargs.get("dtype"))
        raise stop("unsupported", f"Calling {type(self)._name_} is not supported: nothing is trained here.")

    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")

        def absent(*args, **kwargs):
            raise stop("unsupported", f"{type(self)._name_}.{name} is not supported: nothing is trained here.")

        return absent


_CLASSES = {}


def inert(module, name):
    """The class of this name, whose objects are accepted."""
    full = f"{module}.{name}"
    if full not in _CLASSES:
        _CLASSES[full] = type(name, (Inert,), {"__module__": module, "_name_": full})
    return _CLASSES[full]


def getter(module):
    """The `get` of a module of inert objects: names, objects and None are accepted."""
    known = {name.lower().replace("_", "") for name in NAMES[module].split()}

    def get(identifier=None):
        if isinstance(identifier, str) and identifier.lower().replace("_", "") not in known:
            raise ValueError(f"Could not interpret {module.split('.')[-1][:-1]} identifier: {identifier}")
        return identifier

    return get


ACTIVATIONS = tuple(
    [name for name in NAMES["keras.activations"].split() if name not in ("get", "serialize", "deserialize")]
)
ALIASES = {"swish": "silu", "hard_swish": "hard_silu"}


def activation(identifier):
    """The function that an activation's name stands for.

    Raises:
        ValueError: Keras has no such activation.
    """
    from keras._ops import ACTIVATIONS as FUNCTIONS

    if identifier is None:
        return FUNCTIONS["linear"]
    if isinstance(identifier, dict):
        identifier = identifier.get("config", {}).get("name") or identifier.get("class_name")
    if isinstance(identifier, str):
        found = FUNCTIONS.get(ALIASES.get(identifier, identifier))
        if found is None:
            raise ValueError(f"Could not interpret activation function identifier: {identifier}")
        return found
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret activation function identifier: {identifier!r}")


def named(value):
    """An activation by its name, where it has one of Keras's."""
    if value is None or isinstance(value, str):
        return ALIASES.get(value, value)
    name = getattr(value, "__name__", None) or getattr(value, "_kind_", None) or ""
    return name if name in ACTIVATIONS else None


class Policy:
    """The types of a layer's variables and computations."""

    def __init__(self, name="float32", *args, **kwargs):
        name = getattr(name, "name", name)
        self.name = name
        if name.startswith("mixed_"):
            self.variable_dtype, self.compute_dtype = "float32", name.removeprefix("mixed_")
        else:
            self.variable_dtype = self.compute_dtype = name

    quantization_mode = None

    def get_config(self):
        return {"name": self.name}


GLOBAL = {"policy": Policy(), "floatx": "float32", "data_format": "channels_last", "epsilon": 1e-7}


def get_policy(dtype):
    """A policy out of a name, a policy or nothing."""
    if dtype is None:
        return GLOBAL["policy"]
    if isinstance(dtype, Policy):
        return dtype
    if isinstance(dtype, dict):
        return Policy(dtype.get("config", dtype).get("name", "float32"))
    from keras._tensor import as_dtype

    return Policy(dtype if isinstance(dtype, str) and dtype.startswith("mixed_") else str(as_dtype(dtype)))


def set_policy(policy):
    """Make a policy that of the layers to come."""
    GLOBAL["policy"] = policy if isinstance(policy, Policy) else Policy(policy)
