"""An encoder and a decoder of eight levels, whose input leaves its sizes open, and a `call` that wants `training`."""

import tensorflow as tf


def generator(depth=8):
    inputs = x = tf.keras.layers.Input(shape=[None, None, 3])
    skips = []
    for level in range(depth):
        x = tf.keras.layers.Conv2D(min(2 ** (level + 2), 12), 4, strides=2, padding="same", use_bias=False)(x)
        x = tf.keras.layers.LeakyReLU()(tf.keras.layers.BatchNormalization()(x))
        skips.append(x)
    for skip in reversed(skips[:-1]):
        x = tf.keras.layers.Conv2DTranspose(skip.shape[-1], 4, strides=2, padding="same")(x)
        x = tf.keras.layers.Concatenate()([x, skip])
    return tf.keras.Model(inputs=inputs, outputs=tf.keras.layers.Conv2DTranspose(3, 4, strides=2, padding="same")(x))


class Painter(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.generator = generator()
        self.last = tf.keras.layers.Conv2D(1, 1)

    def call(self, x, training):
        return self.last(self.generator(x, training=training))
