import keras
from keras import layers, ops

inputs = keras.Input((14, 16, 6))
a, b = ops.split(inputs, 2, axis=-1)
a = layers.Conv2D(4, 3, padding="same")(a)
b = layers.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(b)
x = ops.concatenate([a, b], axis=-1)
x = ops.sigmoid(x) * x - ops.mean(x, axis=(1, 2), keepdims=True)
x = ops.reshape(x, (-1, 14 * 16, 10))
x = ops.transpose(x, (0, 2, 1))
x = layers.Dense(7)(x[:, :5, 1:])
model = keras.Model(inputs, ops.max(x, axis=1))
