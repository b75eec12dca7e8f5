"""The functions of tensorflow.image."""

from keras._dispatch import op, run
from keras._ops import IMAGE, whole
from keras._tensor import KerasTensor, convert
from paramcount_guest.state import stop


def resize(images, size, method="bilinear", preserve_aspect_ratio=False, antialias=False, name=None):
    if preserve_aspect_ratio:
        raise stop("unsupported", "tf.image.resize with preserve_aspect_ratio is not supported.")
    x = convert(images)
    wanted = [whole(one) for one in (size._list("resize()") if isinstance(size, KerasTensor) else size)]
    return run("resize_images", [x], {"size": wanted, "data_format": "channels_last"}, "float32")


RESIZE = op(resize)


def older_resize(
    images, size, method="bilinear", align_corners=False, preserve_aspect_ratio=False, name=None, **kwargs
):
    """tf.compat.v1's: where the corners lie changes no size."""
    return resize(images, size, "bilinear", preserve_aspect_ratio)


@op
def extract_patches(images, sizes, strides, rates, padding, name=None):
    return IMAGE["extract_patches"](images, sizes[1:3], strides[1:3], rates[1:3], padding, "channels_last")
