import keras
from keras import layers

inputs = keras.Input((9, 8, 12))
x = layers.GroupNormalization(groups=4)(inputs)
x = layers.LayerNormalization(axis=[1, 2, 3], center=False)(x)
x = layers.BatchNormalization(scale=False)(x)
x = layers.SpectralNormalization(layers.Conv2D(7, 3))(x)
x = layers.PReLU(shared_axes=[1, 2])(x)
x = layers.RMSNormalization()(x)
x = layers.UnitNormalization()(x)
model = keras.Model(inputs, layers.PReLU()(x))
