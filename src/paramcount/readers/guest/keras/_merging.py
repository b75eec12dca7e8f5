"""Layers that join several tensors."""

from keras._leaf import Leaf, leaf
from keras._tensor import tensors_in
from paramcount.operations import OPERATIONS, OperationError
from paramcount.operations.rules import broadcast


class _Merge(Leaf):
    _inputs_ = 0

    def tensors(self, inputs, args, kwargs):
        found = tensors_in(inputs)
        if not found:
            raise ValueError(
                f"A merge layer should be called on a list of inputs. Received: inputs={inputs!r:.60} (not a list of tensors)"
            )
        return found

    def outputs(self, shapes):
        try:
            return [broadcast(*shapes)]
        except OperationError:
            raise ValueError(
                f"Inputs have incompatible shapes. Received shapes {' and '.join(map(str, shapes))}"
            ) from None


@leaf("Add", "Multiply", "Average", "Maximum", "Minimum")
class Merge(_Merge):
    pass


@leaf("Subtract")
class Subtract(_Merge):
    def tensors(self, inputs, args, kwargs):
        found = super().tensors(inputs, args, kwargs)
        if len(found) != 2:
            raise ValueError(f"A `Subtract` layer should be called on exactly 2 inputs. Received: {len(found)}")
        return found


@leaf("Concatenate")
class Concatenate(_Merge):
    def outputs(self, shapes):
        try:
            return list(OPERATIONS["cat"].outputs(shapes, {"dim": self.axis}))
        except OperationError:
            raise ValueError(
                "A `Concatenate` layer requires inputs with matching shapes except for the concatenation axis. "
                f"Received: input_shape={list(shapes)}"
            ) from None


@leaf("Dot")
class Dot(_Merge):
    def outputs(self, shapes):
        one, other = shapes
        axes = self.axes if isinstance(self.axes, (list, tuple)) else (self.axes, self.axes)
        first, second = axes[0] % len(one), axes[1] % len(other)
        if one[first] != other[second]:
            raise ValueError(f"Dimension incompatibility: inputs have shapes {one} and {other}, axes={self.axes}.")
        rest = [*one[:first], *one[first + 1 :]], [*other[:second], *other[second + 1 :]]
        found = (*rest[0], *rest[1][1:])
        return [found if len(found) > 1 else (*found, 1)]
