import keras
from keras import layers


def member():
    inputs = keras.Input(shape=(128,))
    return keras.Model(inputs, layers.Dense(1)(inputs))


members = [member() for _ in range(3)]
inputs = keras.Input(shape=(128,))
outputs = layers.average([one(inputs) for one in members])
ensemble = keras.Model(inputs=inputs, outputs=outputs)
