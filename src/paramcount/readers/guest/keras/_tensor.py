"""Tensors of which only the shape is known, and the numbers of those that are small."""

from paramcount_guest.state import STATE, data_dependent, stop
from paramcount_guest.values import LIMIT

from keras._numbers import BATCHES, OPEN, RUNS, Sym, joined, of_run


class DType(str):
    """The type of a tensor's numbers: a word in Keras, and with these attributes in TensorFlow."""

    @property
    def name(self):
        return str(self)

    as_numpy_dtype = base_dtype = property(lambda self: self)
    is_floating = property(lambda self: "float" in self)
    is_integer = property(lambda self: "int" in self)

    @property
    def max(self):
        return {"float32": 3.4028234663852886e38, "float16": 65504.0}.get(str(self), 2**31 - 1)

    @property
    def min(self):
        return -self.max


DTYPES = {
    name: DType(name)
    for name in [
        "bool",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "int8",
        "int16",
        "int32",
        "int64",
        "float16",
        "bfloat16",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "string",
    ]
}


def as_dtype(value, default="float32"):
    """A type of numbers by its name, by that of NumPy or of Python."""
    if value is None:
        return DTYPES[default]
    name = {int: "int32", float: "float32", bool: "bool", str: "string", "int": "int32", "float": "float32"}.get(value)
    name = name or getattr(value, "name", None) or getattr(value, "__name__", None) or value
    name = {"half": "float16", "double": "float64", "bool_": "bool"}.get(name, name)
    if name not in DTYPES:
        raise ValueError(f"Invalid dtype: {value!r}")
    return DTYPES[name]


class Shape(tuple):
    """The sizes of a tensor, None where one is not known."""

    def as_list(self):
        return list(self)

    def is_fully_defined(self):
        return None not in self

    def num_elements(self):
        if None in self:
            return None
        total = 1
        for size in self:
            total *= size
        return total

    rank = ndims = property(len)
    dims = property(list)

    def with_rank(self, rank):
        if rank != len(self):
            raise ValueError(f"Shape {tuple(self)} must have rank {rank}")
        return self

    def assert_has_rank(self, rank):
        self.with_rank(rank)

    def concatenate(self, other):
        return Shape((*self, *other))

    def __getitem__(self, index):
        found = tuple.__getitem__(self, index)
        return Shape(found) if isinstance(index, slice) else found

    def __add__(self, other):
        return Shape(tuple.__add__(self, tuple(other)))

    def __radd__(self, other):
        return Shape(tuple.__add__(tuple(other), self))


class KerasTensor:
    """A tensor, symbolic or not."""

    _node = None  # the node of the functional graph that it comes out of
    _place = 0  # which of the node's outputs it is
    _id = None  # its number in the trace
    _name_ = None

    def __init__(self, shape, dtype="float32", sparse=False, ragged=False, record_history=True, name=None, **kwargs):
        if kwargs:
            raise TypeError(f"KerasTensor got unexpected arguments: {', '.join(kwargs)}")
        self._start(opened(shape), as_dtype(dtype))
        self._name_ = name

    def _start(self, runs, dtype, values=None):
        first = runs[0]
        self._runs = tuple([tuple(run) for run in runs])
        self.shape = Shape([size if all([run[at] == size for run in runs]) else None for at, size in enumerate(first)])
        self.dtype = dtype
        self._values = values if values is not None and len(values) <= LIMIT else None

    ndim = rank = property(lambda self: len(self.shape))

    @property
    def name(self):
        if self._name_ is None:
            self._name_ = f"keras_tensor_{STATE.new_value()}"
        return self._name_

    @name.setter
    def name(self, value):
        self._name_ = value

    @property
    def size(self):
        return self.shape.num_elements()

    def get_shape(self):
        return self.shape

    def set_shape(self, shape):
        wanted = tuple(shape)
        if len(wanted) != len(self.shape):
            raise ValueError(f"Shapes {tuple(self.shape)} and {wanted} are not compatible")
        if any([own is not None and want is not None and own != want for own, want in zip(self.shape, wanted)]):
            raise ValueError(f"Shapes {tuple(self.shape)} and {wanted} are not compatible")
        found = [[own if want is None else want for own, want in zip(sizes, wanted)] for sizes in self._runs]
        self._start(found, self.dtype, self._values)

    def _list(self, what="This"):
        if self._values is None:
            raise data_dependent(what)
        return self._values

    def _item(self, what):
        values = self._list(what)
        if len(values) != 1:
            raise TypeError("Only scalar tensors can be converted to Python numbers")
        return values[0]

    def __int__(self):
        return int(self._item("int()"))

    def __index__(self):
        value = self._item("Use of a tensor as an index")
        if isinstance(value, float):
            raise TypeError("only integer scalar tensors can be converted to a scalar index")
        return value.__index__()

    def __float__(self):
        return float(self._item("float()"))

    def __bool__(self):
        return bool(self._item("A condition"))

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of a tensor without dimensions")
        if self.shape[0] is None:
            raise TypeError("len() of a tensor whose first size is not known")
        return self.shape[0]

    def __iter__(self):
        return iter([self[place] for place in range(len(self))])

    def numpy(self):
        import numpy

        values = [one.__index__() if isinstance(one, Sym) else one for one in self._list("numpy()")]
        return numpy.array(values, dtype=str(self.dtype)).reshape(tuple(self.shape))

    def __array__(self, *args, **kwargs):
        return self.numpy()

    def __hash__(self):
        return id(self)

    def __repr__(self):
        return f"<KerasTensor shape={tuple(self.shape)}, dtype={self.dtype}, name={self.name}>"

    def __deepcopy__(self, memo):
        return self

    def __getattr__(self, name):
        if name == "_keras_shape":
            raise AttributeError("_keras_shape is Keras 1's and gone: write x.shape")
        if name == "_keras_history" and self._node is not None:
            return History(self._node, self._place)
        raise AttributeError(f"'KerasTensor' object has no attribute '{name}'")


class History(tuple):
    """The operation that a tensor comes from, its node's number and the tensor's."""

    def __new__(cls, node, place):
        return tuple.__new__(cls, (node.operation, node.index, place))

    operation = property(lambda self: self[0])
    node_index = property(lambda self: self[1])
    tensor_index = property(lambda self: self[2])


def opened(shape, batch=False):
    """The sizes in each run of a shape with None in it; the first is the batch where `batch`."""
    runs = [[] for _ in range(RUNS)]
    for place, size in enumerate(tuple(shape)):
        if isinstance(size, KerasTensor):
            size = size._item("A shape")
        if isinstance(size, Sym):
            sizes = size.runs
        elif size is None and place == 0:
            sizes = BATCHES
        elif size is None:
            sizes = [one * place for one in OPEN]
        elif hasattr(size, "__index__") and not isinstance(size, bool):
            sizes = [size.__index__()] * RUNS
            if sizes[0] < 0:
                raise ValueError(f"Cannot convert {tuple(shape)} to a shape. Negative dimensions are not allowed.")
        else:
            raise ValueError(f"Cannot convert {shape!r} to a shape. Found invalid entry {size!r}.")
        for run, one in zip(runs, sizes):
            run.append(one)
    return runs


def make(runs, dtype="float32", values=None):
    """A tensor of these sizes in each run."""
    found = KerasTensor.__new__(KerasTensor)
    found._start(runs, as_dtype(dtype), values)
    return found


def fixed(shape, dtype="float32", values=None):
    """A tensor whose sizes are the same in each run."""
    return make([tuple(shape)] * RUNS, dtype, values)


def plain(one):
    """The same tensor, as one that is part of no graph."""
    if one._node is None:
        return one
    found = KerasTensor.__new__(KerasTensor)
    found.__dict__.update(one.__dict__)
    found._node = None
    return found


def placeholder(value):
    """The name of a library that is not here, where a value stands for something of it."""
    return getattr(type(value), "_placeholder_", None)


def convert(value, dtype=None, what="a tensor"):
    """A tensor out of numbers, lists of them, arrays, or tensors."""
    if isinstance(value, KerasTensor):
        return value
    if placeholder(value):
        raise stop("missing library", f"{value!r} is needed as {what}, and its library is not here.")
    if hasattr(value, "_array_"):
        known = getattr(value, "_known", True)
        return fixed(value.shape, dtype or value.dtype.name, list(value._list()) if known else None)
    if isinstance(value, (str, bytes)):
        return fixed((), "string")
    values, kinds, unknown = [], set(), False

    def walk(item):
        nonlocal unknown
        if isinstance(item, KerasTensor) or hasattr(item, "_array_"):
            item = convert(item)
            kinds.add(float if "float" in item.dtype else bool if item.dtype == "bool" else int)
            if item._values is None:
                unknown = True
            else:
                values.extend(item._values)
            return tuple(item.shape)
        if isinstance(item, (list, tuple, range)):
            shapes = [walk(one) for one in item]
            for one in shapes[1:]:
                if one != shapes[0]:
                    raise ValueError(f"Can't convert a ragged list to a tensor: {shapes[0]} and {one}")
            return (len(shapes), *(shapes[0] if shapes else ()))
        if placeholder(item):
            convert(item)
        if isinstance(item, (str, bytes)):
            raise stop("unsupported", "Tensors of text are not supported.")
        if not isinstance(item, (int, float, bool, Sym)):
            raise ValueError(
                f"Attempt to convert a value ({item!r:.60}) with an unsupported type ({type(item)}) to a Tensor."
            )
        kinds.add(int if isinstance(item, Sym) else type(item))
        values.append(item)
        return ()

    shape = walk(value)
    kind = "float32" if float in kinds or not kinds else "bool" if kinds == {bool} else "int32"
    return fixed(shape, dtype or kind, None if unknown else values)


def tensors_in(value, found=None):
    """The tensors in lists, tuples and dictionaries, in Keras's order: dictionaries by their keys."""
    found = [] if found is None else found
    if isinstance(value, KerasTensor):
        found.append(value)
    elif isinstance(value, (list, tuple)):
        for one in value:
            tensors_in(one, found)
    elif isinstance(value, dict):
        for key in ordered(value):
            tensors_in(value[key], found)
    return found


def ordered(mapping):
    """The keys of a dictionary in the order in which Keras flattens it."""
    try:
        return sorted(mapping)
    except TypeError:
        return list(mapping)


def replaced(value, change):
    """A structure with every tensor in it changed."""
    if isinstance(value, KerasTensor):
        return change(value)
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*[replaced(one, change) for one in value])
    if isinstance(value, Shape):
        return value
    if isinstance(value, (list, tuple)):
        return (tuple if isinstance(value, tuple) else list)([replaced(one, change) for one in value])
    if isinstance(value, dict):
        return {key: replaced(one, change) for key, one in value.items()}
    return value


__all__ = [
    "DTYPES", "DType", "History", "KerasTensor", "Shape", "as_dtype", "convert", "fixed", "joined", "make", "of_run",
    "opened", "ordered", "placeholder", "plain", "replaced", "tensors_in",
]  # fmt: skip
