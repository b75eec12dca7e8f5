"""Patches of images, cut by TensorFlow and by Keras, with sizes that are left open."""

import keras
import tensorflow as tf
from keras import layers, ops


class Patches(layers.Layer):
    def __init__(self, size, step):
        super().__init__()
        self.size, self.step = size, step

    def call(self, images):
        found = tf.image.extract_patches(
            images=images,
            sizes=[1, self.size, self.size, 1],
            strides=[1, self.step, self.step, 1],
            rates=[1, 1, 1, 1],
            padding="SAME",
        )
        return tf.reshape(found, [tf.shape(images)[0], -1, found.shape[-1]])


class Windows(layers.Layer):
    def call(self, images):
        return ops.image.extract_patches(images, size=(3, 5), strides=(2, 3), padding="valid")


def build():
    inputs = keras.Input((21, 30, 3))
    patches = layers.Dense(11)(Patches(4, 3)(inputs))
    pooled = layers.GlobalAveragePooling1D()(patches)
    windows = layers.Conv2D(6, 1)(Windows()(inputs))
    return keras.Model(inputs, layers.Dense(5)(layers.concatenate([pooled, layers.Flatten()(windows)])))
