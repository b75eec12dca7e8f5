import tensorflow as tf
from tensorflow.keras import layers

inputs = tf.keras.Input((12, 10, 3))
x = layers.Lambda(lambda t: t / 127.5 - 1.0)(inputs)
x = layers.Conv2D(5, 3, strides=2)(x)
x = layers.Lambda(lambda t: tf.reduce_mean(t, axis=[1, 2]))(x)
x = layers.Lambda(lambda t, scale: t * scale, arguments={"scale": 2.0})(x)
model = tf.keras.Model(inputs, layers.Dense(2)(x))
