import keras
from keras import layers


class SqueezeExcite(layers.Layer):
    def __init__(self, ratio=4, **kwargs):
        super().__init__(**kwargs)
        self.ratio = ratio

    def build(self, input_shape):
        channels = input_shape[-1]
        self.pool = layers.GlobalAveragePooling2D(keepdims=True)
        self.reduce = layers.Conv2D(channels // self.ratio, 1, activation="relu")
        self.expand = layers.Conv2D(channels, 1, activation="sigmoid")
        self.pool.build(input_shape)
        self.reduce.build((None, 1, 1, channels))
        self.expand.build((None, 1, 1, channels // self.ratio))

    def call(self, x):
        return x * self.expand(self.reduce(self.pool(x)))


class Block(layers.Layer):
    def __init__(self, filters):
        super().__init__()
        self.conv = layers.SeparableConv2D(filters, 3, padding="same")
        self.se = SqueezeExcite()

    def call(self, inputs):
        return self.se(self.conv(inputs))


inputs = keras.Input((15, 17, 3))
x = Block(8)(inputs)
x = Block(12)(x)
outputs = layers.Dense(2)(layers.Flatten()(x))
model = keras.Model(inputs, outputs)
