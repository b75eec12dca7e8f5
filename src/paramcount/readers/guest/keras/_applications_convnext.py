"""keras.applications: ConvNeXt."""

from paramcount_guest.state import STATE

from keras._applications import L, builder, checked, image, more_in_keras2, only_channels_last, pooled
from keras._layer import Layer
from keras._models import Functional
from keras._modules import offer
from keras._offers.functions import source_inputs
from keras._sequential import Sequential


class StochasticDepth(Layer):
    """Drops what a block adds, at times, while training."""

    def __init__(self, drop_path_rate, **kwargs):
        super().__init__(**kwargs)
        self.drop_path_rate = drop_path_rate

    def call(self, x, training=None):
        return x

    def get_config(self):
        return {**super().get_config(), "drop_path_rate": self.drop_path_rate}


class LayerScale(Layer):
    """One number for each channel, which it is multiplied by."""

    def __init__(self, init_values, projection_dim, **kwargs):
        super().__init__(**kwargs)
        self.init_values = init_values
        self.projection_dim = projection_dim

    def build(self, input_shape):
        self.gamma = self.add_weight(shape=(self.projection_dim,), trainable=True)

    def call(self, x):
        return x * self.gamma

    def get_config(self):
        return {**super().get_config(), "init_values": self.init_values, "projection_dim": self.projection_dim}


def layer_norm(name=None):
    return L.LayerNormalization(epsilon=1e-6, name=name)


def block(inputs, width, drop, scale, name):
    x = L.Conv2D(width, 7, padding="same", groups=width, name=f"{name}_depthwise_conv")(inputs)
    x = L.Dense(4 * width, name=f"{name}_pointwise_conv_1")(layer_norm(f"{name}_layernorm")(x))
    x = L.Dense(width, name=f"{name}_pointwise_conv_2")(L.Activation("gelu", name=f"{name}_gelu")(x))
    if scale is not None:
        x = LayerScale(scale, width, name=f"{name}_layer_scale")(x)
    if drop:
        return inputs + StochasticDepth(drop, name=f"{name}_stochastic_depth")(x)
    return inputs + L.Activation("linear", name=f"{name}_identity")(x)


def reductions(widths, name):
    """What makes the image smaller in front of each of the four stages."""
    stem = [L.Conv2D(widths[0], 4, strides=4, name=f"{name}_stem_conv"), layer_norm(f"{name}_stem_layernorm")]
    yield Sequential(stem, name=f"{name}_stem")
    for place in range(3):
        smaller = L.Conv2D(widths[place + 1], 2, strides=2, name=f"{name}_downsampling_conv_{place}")
        normed = layer_norm(f"{name}_downsampling_layernorm_{place}")
        yield Sequential([normed, smaller], name=f"{name}_downsampling_block_{place}")


def ConvNeXt(
    depths, projection_dims, drop_path_rate=0.0, layer_scale_init_value=1e-6, default_size=224, name="convnext",
    include_preprocessing=True, include_top=True, weights=None, input_tensor=None, input_shape=None, pooling=None,
    classes=1000, classifier_activation="softmax", weights_name=None,
):  # fmt: skip
    """Four stages of depthwise convolutions between dense layers."""
    only_channels_last("ConvNeXt")
    checked(weights, include_top, classes, classifier_activation)
    x, channels = image(input_tensor, input_shape, default_size, 32, weights, include_top)
    inputs = x if input_tensor is None else source_inputs(input_tensor)[0]
    if include_preprocessing and channels == 3:
        mean, variance = (
            [255 * one for one in (0.485, 0.456, 0.406)],
            [(255 * one) ** 2 for one in (0.229, 0.224, 0.225)],
        )
        x = L.Normalization(mean=mean, variance=variance, name=f"{name}_prestem_normalization")(x)
    number, last = 0, max(1, sum(depths) - 1)
    for stage, smaller in enumerate(reductions(projection_dims, name)):
        x = smaller(x)
        for place in range(depths[stage]):
            drop = drop_path_rate * number / last
            x = block(x, projection_dims[stage], drop, layer_scale_init_value, f"{name}_stage_{stage}_block_{place}")
            number += 1
    if include_top:
        x = layer_norm(f"{name}_head_layernorm")(L.GlobalAveragePooling2D(name=f"{name}_head_gap")(x))
        x = L.Dense(classes, activation=classifier_activation, name=f"{name}_head_dense")(x)
    else:
        x = layer_norm()(pooled(x, pooling, named=False))
    if weights == "imagenet" and weights_name not in name:
        raise ValueError(f'Model name "{name}" does not match weights variant "{weights_name}".')
    return more_in_keras2(Functional(inputs, x, name=name))


def convnext(size, depths, widths):
    called = f"convnext_{size.lower()}"

    def build(include_top=True, include_preprocessing=True, weights="imagenet", input_tensor=None, input_shape=None,
              pooling=None, classes=1000, classifier_activation="softmax", name=called, *,
              model_name=None):  # fmt: skip
        if model_name is not None:
            STATE.warn(f"{build.__name__}(model_name=…) is Keras 2's: it is called name now.")
            name = model_name
        return ConvNeXt(
            depths, widths, name=name, include_preprocessing=include_preprocessing, include_top=include_top,
            weights=weights, input_tensor=input_tensor, input_shape=input_shape, pooling=pooling, classes=classes,
            classifier_activation=classifier_activation, weights_name=called,
        )  # fmt: skip

    build.__name__ = f"ConvNeXt{size}"
    return builder(build)


convnext("Tiny", (3, 3, 9, 3), (96, 192, 384, 768))
for _size, _width in (("Small", 96), ("Base", 128), ("Large", 192), ("XLarge", 256)):
    convnext(_size, (3, 3, 27, 3), (_width, 2 * _width, 4 * _width, 8 * _width))
offer("keras.applications.convnext", ConvNeXt=ConvNeXt, LayerScale=LayerScale, StochasticDepth=StochasticDepth)
