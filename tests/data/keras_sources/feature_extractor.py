import keras
from keras import layers


def build():
    inputs = keras.Input((18, 22, 3))
    x = layers.Conv2D(4, 3, name="first")(inputs)
    x = layers.Conv2D(6, 3, name="second")(x)
    x = layers.Conv2D(8, 3, name="third")(x)
    whole = keras.Model(inputs, layers.Dense(5)(layers.Flatten()(x)))
    features = [whole.get_layer(name).output for name in ("first", "second")]
    return keras.Model(inputs=whole.inputs, outputs=features)
