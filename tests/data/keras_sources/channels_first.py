import keras
from keras import layers

keras.backend.set_image_data_format("channels_first")
inputs = keras.Input((3, 14, 18))
x = layers.Conv2D(6, 3, strides=2)(inputs)
x = layers.BatchNormalization(axis=1)(x)
x = layers.MaxPooling2D(2)(x)
model = keras.Model(inputs, layers.Dense(4)(layers.Flatten()(x)))
