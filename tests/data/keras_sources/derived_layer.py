import keras
from keras import layers, ops


class ScaledConv(layers.Conv2D):
    def build(self, input_shape):
        super().build(input_shape)
        self.gain = self.add_weight(shape=(self.filters,), initializer="ones", name="gain")

    def call(self, inputs):
        return super().call(inputs) * self.gain


class Half(layers.Dense):
    def __init__(self, units, **kwargs):
        super().__init__(units // 2, **kwargs)


inputs = keras.Input((9, 10, 2))
x = ScaledConv(5, 3, activation="relu")(inputs)
model = keras.Model(inputs, Half(8)(ops.mean(x, axis=(1, 2))))
