import keras
from keras import layers


def block(x, filters, strides=1):
    shortcut = x
    x = layers.Conv2D(filters, 3, strides=strides, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    x = layers.ReLU()(x)
    x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization()(x)
    if strides != 1 or shortcut.shape[-1] != filters:
        shortcut = layers.Conv2D(filters, 1, strides=strides)(shortcut)
    return layers.ReLU()(x + shortcut)


def resnet(input_shape=(33, 35, 3), classes=10):
    inputs = keras.Input(input_shape)
    x = inputs
    for stage, filters in enumerate((8, 12, 20)):
        x = block(x, filters, strides=1 if stage == 0 else 2)
        x = block(x, filters)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(classes)(x))
