"""Where something flows into a model."""

from keras._dispatch import Node, unique
from keras._layer import Layer
from keras._leaf import Leaf
from keras._tensor import KerasTensor, as_dtype, make, opened


class InputLayer(Leaf):
    """Where something flows into a model."""

    _kind_ = "InputLayer"

    def __init__(
        self, shape=None, batch_size=None, dtype=None, sparse=None, ragged=None, batch_shape=None, input_tensor=None,
        optional=False, name=None, **kwargs,
    ):  # fmt: skip
        shape = kwargs.pop("input_shape", shape)
        batch_shape = kwargs.pop("batch_input_shape", batch_shape)
        Layer.__init__(self, name=name or unique("input_layer"), **kwargs)
        if shape is not None and batch_shape is not None:
            raise ValueError("You cannot pass both `shape` and `batch_shape` at the same time.")
        if isinstance(input_tensor, KerasTensor):
            batch_shape = input_tensor.shape
        if shape is None and batch_shape is None:
            raise ValueError("You must pass a `shape` argument.")
        if shape is not None:
            if not isinstance(shape, (list, tuple)):
                raise ValueError(f"Cannot convert '{shape}' to a shape.")
            batch_shape = (None, *shape)
        self.__dict__["batch_shape"] = tuple(make(opened((None, *tuple(batch_shape)[1:]))).shape)
        runs = opened((None, *tuple(batch_shape)[1:])) if len(batch_shape) else opened(())
        self.__dict__["_dtype"] = as_dtype(dtype)
        self.optional = optional
        self.built = True
        made = make(runs, as_dtype(dtype))
        made.name = self.name
        Node(self, (), {}, made)
        self.__dict__["_given"] = {}

    dtype = property(lambda self: self._dtype)

    def call(self):
        raise NotImplementedError

    def get_config(self):
        return {"batch_shape": self.batch_shape, "dtype": str(self._dtype), "name": self.name}


def Input(
    shape=None,
    batch_size=None,
    dtype=None,
    sparse=None,
    ragged=None,
    batch_shape=None,
    name=None,
    tensor=None,
    optional=False,
):
    if tensor is not None:
        if not isinstance(tensor, KerasTensor):
            raise ValueError("Input(tensor=…) takes a tensor.")
        if tensor._node is not None:
            return tensor
    return InputLayer(shape, batch_size, dtype, sparse, ragged, batch_shape, tensor, optional, name).output
