"""Layers that pool, and those that pad, crop and resize."""

from keras._leaf import leaf, wholes
from keras._spatial import Spatial, moved


@leaf(*[f"{kind}Pooling{dims}D" for kind in ("Max", "Average") for dims in (1, 2, 3)])
class Pooling(Spatial):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def check(self):
        super().check()
        self.pool_size = wholes(self, "pool_size", self._dims_)
        if self.strides is None:
            self.strides = self.pool_size
        self.strides = wholes(self, "strides", self._dims_)
        self.word("valid", "same")

    def outputs(self, shapes):
        sizes = moved(self, self.sizes(shapes[0]), self.pool_size, self.strides, (1,) * self._dims_)
        return [self.joined(shapes[0], sizes)]


@leaf(*[f"Global{kind}Pooling{dims}D" for kind in ("Max", "Average") for dims in (1, 2, 3)])
class GlobalPooling(Spatial):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def outputs(self, shapes):
        if self.keepdims:
            return [self.joined(shapes[0], (1,) * self._dims_)]
        return [(shapes[0][0], self.channels(shapes[0]))]


@leaf(*[f"Adaptive{kind}Pooling{dims}D" for kind in ("Max", "Average") for dims in (1, 2, 3)])
class AdaptivePooling(Spatial):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def check(self):
        super().check()
        self.output_size = wholes(self, "output_size", self._dims_)

    def outputs(self, shapes):
        return [self.joined(shapes[0], self.output_size)]


@leaf("UpSampling1D", "UpSampling2D", "UpSampling3D")
class UpSampling(Spatial):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def check(self):
        super().check()
        self.size = wholes(self, "size", self._dims_)

    def outputs(self, shapes):
        return [self.joined(shapes[0], [size * factor for size, factor in zip(self.sizes(shapes[0]), self.size)])]


def pairs(layer, name, count, least=0):
    """Two whole numbers for each dimension: before and behind."""
    value = getattr(layer, name)
    if isinstance(value, int) and not isinstance(value, bool):
        found = ((value, value),) * count
    elif count == 1 and len(value) == 2:
        found = (tuple(value),)
    else:
        if len(value) != count:
            raise ValueError(f"`{name}` should have {count} elements. Received: {value}.")
        found = tuple([(one, one) if isinstance(one, int) else tuple(one) for one in value])
    if any([len(one) != 2 or any([not isinstance(n, int) or n < least for n in one]) for one in found]):
        raise ValueError(f"The `{name}` argument must be {count} (pairs of) integers >= 0. Received: {value}.")
    return found


@leaf("ZeroPadding1D", "ZeroPadding2D", "ZeroPadding3D")
class ZeroPadding(Spatial):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def check(self):
        super().check()
        self.padding = pairs(self, "padding", self._dims_, -(10**9))

    def outputs(self, shapes):
        sizes = [size + sum(pad) for size, pad in zip(self.sizes(shapes[0]), self.padding)]
        return [self.joined(shapes[0], sizes)]


@leaf("Cropping1D", "Cropping2D", "Cropping3D")
class Cropping(Spatial):
    _dims_ = property(lambda self: int(self._kind_[-2]))

    def check(self):
        super().check()
        self.cropping = pairs(self, "cropping", self._dims_)

    def outputs(self, shapes):
        sizes = [size - sum(crop) for size, crop in zip(self.sizes(shapes[0]), self.cropping)]
        if min(sizes) <= 0:
            raise ValueError(
                "Values in `cropping` argument should be smaller than the corresponding spatial dimension of the input. "
                f"Received: input_shape={shapes[0]}, cropping={self.cropping}"
            )
        return [self.joined(shapes[0], sizes)]


@leaf("Resizing", "CenterCrop", "RandomCrop")
class Resized(Spatial):
    """Images of another height and width, several or one."""

    _dims_ = 2

    def fit(self, tensors):
        if len(tensors[0].shape) not in (3, 4):
            self.rank(tensors, 4)

    def outputs(self, shapes):
        shape = shapes[0]
        if len(shape) == 3:
            return [(shape[0], self.height, self.width) if self.first else (self.height, self.width, shape[2])]
        return [self.joined(shape, (self.height, self.width))]
