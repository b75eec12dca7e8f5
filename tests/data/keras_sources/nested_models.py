import keras
from keras import layers


def encoder():
    inputs = keras.Input((28, 28, 1), name="img")
    x = layers.Conv2D(16, 3, activation="relu")(inputs)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    return keras.Model(inputs, layers.GlobalMaxPooling2D()(x), name="encoder")


def head():
    return keras.Sequential(
        [keras.Input((32,)), layers.Dense(9, activation="relu"), layers.BatchNormalization()], name="head"
    )


one = encoder()
inputs = keras.Input((28, 28, 1))
other = keras.Input((28, 28, 1))
both = layers.average([one(inputs), one(other)])
model = keras.Model([inputs, other], layers.Dense(2)(head()(both)))
