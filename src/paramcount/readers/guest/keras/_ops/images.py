"""Functions of keras.ops.image."""

from keras._dispatch import op, run
from keras._inert import GLOBAL
from keras._numbers import joined, lifted
from keras._ops.table import OPS, whole
from keras._ops.windows import window
from keras._tensor import KerasTensor, convert


def resize(
    images,
    size,
    interpolation="bilinear",
    antialias=False,
    crop_to_aspect_ratio=False,
    pad_to_aspect_ratio=False,
    fill_mode="constant",
    fill_value=0.0,
    data_format=None,
):
    x = convert(images)
    wanted = [whole(one) for one in (size._list("resize()") if isinstance(size, KerasTensor) else size)]
    return run("resize_images", [x], {"size": wanted, "data_format": data_format or GLOBAL["data_format"]}, "float32")


def extract_patches(images, size, strides=None, dilation_rate=1, padding="valid", data_format=None):
    """Windows of an image, each as the channels of one place: (batch, rows, columns, kernel × channels)."""
    x = convert(images)
    kernel = [size, size] if isinstance(size, int) else list(size)
    found = window(x, kernel if strides is None else strides, padding, data_format, dilation_rate, 2)
    last = found["data_format"] == "channels_last"
    spans = [(one - 1) * step + 1 for one, step in zip(kernel, found["dilation"])]
    sizes = [joined([sizes[place] for sizes in x._runs]) for place in ((1, 2) if last else (2, 3))]
    if found["padding"] == "same":
        over = [
            lifted(lambda n, step, span: max((-(-n // step) - 1) * step + span - n, 0))(*one)
            for one in zip(sizes, found["strides"], spans)
        ]
        sizes = [one + more for one, more in zip(sizes, over)]
        wide = [(more // 2, more - more // 2) for more in over]
        x = OPS["pad"](x, [(0, 0), *wide, (0, 0)] if last else [(0, 0), (0, 0), *wide])
    x = OPS["transpose"](x, (0, 3, 1, 2)) if last else x
    given = {"kernel_size": kernel, "stride": found["strides"], "dilation": found["dilation"], "padding": [0, 0]}
    places = [(one - span) // step + 1 for one, span, step in zip(sizes, spans, found["strides"])]
    x = OPS["reshape"](run("unfold", [x], given), (-1, x.shape[1] * kernel[0] * kernel[1], *places))
    return OPS["transpose"](x, (0, 2, 3, 1)) if last else x


IMAGE = {"resize": op(resize), "extract_patches": op(extract_patches)}
OPS["resize"] = IMAGE["resize"]
