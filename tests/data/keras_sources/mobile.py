import keras
from keras import backend, layers


def make_divisible(v, divisor=8):
    return max(divisor, int(v + divisor / 2) // divisor * divisor)


def inverted(x, expansion, filters, stride):
    axis = 1 if backend.image_data_format() == "channels_first" else -1
    channels = x.shape[axis]
    y = layers.Conv2D(expansion * channels, 1, use_bias=False)(x)
    y = layers.BatchNormalization(axis=axis, epsilon=1e-3, momentum=0.999)(y)
    y = layers.ReLU(6.0)(y)
    y = layers.DepthwiseConv2D(3, strides=stride, use_bias=False, padding="same")(y)
    y = layers.BatchNormalization(axis=axis)(y)
    y = layers.Activation("relu6")(y)
    y = layers.Conv2D(filters, 1, use_bias=False)(y)
    y = layers.BatchNormalization(axis=axis)(y)
    return layers.add([x, y]) if channels == filters and stride == 1 else y


def build(alpha=0.35):
    inputs = layers.Input(shape=(None, None, 3))
    x = layers.Conv2D(make_divisible(32 * alpha), 3, strides=2, padding="same", use_bias=False)(inputs)
    for filters, stride in ((16, 1), (24, 2), (24, 1)):
        x = inverted(x, 6, make_divisible(filters * alpha), stride)
    return keras.Model(inputs, layers.GlobalAveragePooling2D()(x))
