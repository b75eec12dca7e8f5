import keras
from keras import layers


def build():
    backbone = keras.Sequential(
        [keras.Input((20, 20, 3)), layers.Conv2D(6, 3), layers.BatchNormalization(), layers.Conv2D(7, 3)]
    )
    backbone.trainable = False
    inputs = keras.Input((20, 20, 3))
    x = backbone(inputs, training=False)
    x = layers.GlobalAveragePooling2D()(x)
    x = layers.Dropout(0.2)(x)
    model = keras.Model(inputs, layers.Dense(4)(x))
    backbone.layers[-1].trainable = True
    return model
