"""What the files and models of keras.applications import."""

from keras import _inert
from keras._inert import GLOBAL
from keras._modules import offer, unsupported_function
from keras._surface import NAMES


def obtain_input_shape(input_shape, default_size, min_size, data_format, require_flatten, weights=None):
    """The shape of an application's input: what was asked for, once it is checked, or the usual one."""
    first = data_format == "channels_first"
    channels = 3
    if weights != "imagenet" and input_shape and len(input_shape) == 3:
        channels = input_shape[0 if first else -1]
    usual = (channels, default_size, default_size) if first else (default_size, default_size, channels)
    if weights == "imagenet" and require_flatten:
        if input_shape is not None and tuple(input_shape) != usual:
            raise ValueError(
                f"When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be {usual}. Received: input_shape={input_shape}"
            )
        return usual
    if input_shape:
        if len(input_shape) != 3:
            raise ValueError("`input_shape` must be a tuple of three integers.")
        if weights == "imagenet" and input_shape[0 if first else -1] != 3:
            raise ValueError(f"The input must have 3 channels; Received `input_shape={input_shape}`")
        sizes = input_shape[1:] if first else input_shape[:2]
        if any([size is not None and size < min_size for size in sizes]):
            raise ValueError(f"Input size must be at least {min_size}x{min_size}; Received: input_shape={input_shape}")
    else:
        input_shape = usual if require_flatten else (3, None, None) if first else (None, None, 3)
    if require_flatten and None in input_shape:
        raise ValueError(
            f"If `include_top` is True, you should specify a static `input_shape`. Received: input_shape={input_shape}"
        )
    return input_shape


def correct_pad(inputs, kernel_size):
    """The padding before a convolution with stride 2: one less at the beginning where a size is even."""
    place = 2 if GLOBAL["data_format"] == "channels_first" else 1
    kernel = (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
    sizes = inputs.shape[place : place + 2]
    less = [1, 1] if sizes[0] is None else [1 - size % 2 for size in sizes]
    return tuple([(size // 2 - one, size // 2) for size, one in zip(kernel, less)])


def validate_activation(classifier_activation, weights):
    """Refuse a classifier's activation that weights were not trained with."""
    usual = [_inert.activation(name) for name in ("softmax", None)]
    if weights is not None and _inert.activation(classifier_activation) not in usual:
        raise ValueError(
            f"Only `None` and `softmax` activations are allowed for the `classifier_activation` argument when using pretrained weights, with `include_top=True`; Received: classifier_activation={classifier_activation}"
        )


class _Words(str):
    """A text of Keras's documentation, which is not here."""

    def format(self, *args, **kwargs):
        return self


imagenet = {
    "obtain_input_shape": obtain_input_shape, "correct_pad": correct_pad,
    "validate_activation": validate_activation,
    "preprocess_input": unsupported_function("preprocess_input"),
    "decode_predictions": unsupported_function("decode_predictions"), "PREPROCESS_INPUT_DOC": _Words(),
    "PREPROCESS_INPUT_MODE_DOC": _Words(), "PREPROCESS_INPUT_RET_DOC_TF": _Words(),
    "PREPROCESS_INPUT_RET_DOC_CAFFE": _Words(), "PREPROCESS_INPUT_RET_DOC_TORCH": _Words(),
    "PREPROCESS_INPUT_ERROR_DOC": _Words(),
}  # fmt: skip
imagenet["decode_predictions"].__doc__ = ""
offer("keras.src.applications.imagenet_utils", **imagenet)
for _name in [name for name in NAMES if name.startswith("keras.applications.")]:
    offer(_name, preprocess_input=imagenet["preprocess_input"], decode_predictions=imagenet["decode_predictions"])
offer("keras.datasets")
for _name in [name for name in NAMES if name.startswith("keras.datasets.")]:
    offer(_name, load_data=unsupported_function(f"{_name}.load_data"))
