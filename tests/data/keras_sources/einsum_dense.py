import keras
from keras import layers

inputs = keras.Input((7, 12))
x = layers.EinsumDense("abc,cde->abde", output_shape=(None, 3, 5), bias_axes="de")(inputs)
x = layers.EinsumDense("abde,def->abf", output_shape=(None, 8), bias_axes="f")(x)
q = layers.Dense(8)(inputs)
x = layers.Attention(use_scale=True)([q, x])
x = layers.Dot(axes=(2, 2))([x, q])
model = keras.Model(inputs, x)
