"""Variables: what a layer learns, or keeps."""

from paramcount_guest.state import STATE

from keras._dispatch import unique
from keras._tensor import KerasTensor, as_dtype, convert, fixed


class Variable(KerasTensor):
    """A weight: its shape, and whether it is learnt."""

    def __init__(
        self, initializer, shape=None, dtype=None, trainable=True, autocast=True, aggregation="none",
        synchronization="auto", name=None, **kwargs,
    ):  # fmt: skip
        if kwargs:
            raise TypeError(f"Variable got unexpected arguments: {', '.join(kwargs)}")
        values = None
        if shape is None:
            found = initializer() if callable(initializer) and not isinstance(initializer, KerasTensor) else initializer
            found = convert(found, dtype, "a variable")
            shape, values = tuple(found.shape), found._values
            dtype = dtype or found.dtype
        if isinstance(shape, int):
            shape = (shape,)
        shape = tuple(shape)
        if any([size is None for size in shape]):
            raise ValueError(
                f"Shapes used to initialize variables must be fully-defined (no `None` dimensions). Received: shape={shape} for variable path='{name}'"
            )
        sizes = []
        for size in shape:
            if isinstance(size, float) or not hasattr(size, "__index__"):
                raise ValueError(f"Cannot convert {shape} to a shape. Found invalid entry {size!r}.")
            sizes.append(size.__index__())
            if sizes[-1] < 0:
                raise ValueError(f"Cannot convert {shape} to a shape. Negative dimensions are not allowed.")
        self._start([tuple(sizes)] * 3, as_dtype(dtype), values)
        self._name_ = name or unique("variable")
        self.trainable = bool(trainable)
        self.regularizer = self.constraint = None
        STATE.keep.append(self)

    value = property(lambda self: self)

    @property
    def path(self):
        return STATE.tensor_paths.get(id(self), self._name_).replace(".", "/")

    def assign(self, value, *args, **kwargs):
        found = convert(value, what="a variable's value")
        if tuple(found.shape) != tuple(self.shape) and None not in found.shape:
            raise ValueError(
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must "
                f"match. variable.shape={tuple(self.shape)}, Received: value.shape={tuple(found.shape)}."
            )
        self._values = None
        return self

    assign_add = assign_sub = assign

    def read_value(self):
        return self

    def numpy(self):
        if self._values is None:
            return fixed(self.shape, self.dtype)
        return super().numpy()

    def __repr__(self):
        return f"<Variable path={self.path}, shape={tuple(self.shape)}, dtype={self.dtype}>"


__all__ = ["Variable"]
