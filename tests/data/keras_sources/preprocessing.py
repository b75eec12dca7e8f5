import tensorflow as tf
from tensorflow.keras import layers

augment = tf.keras.Sequential([layers.RandomFlip("horizontal"), layers.RandomRotation(0.1), layers.RandomZoom(0.1)])
inputs = tf.keras.Input((30, 40, 3))
x = augment(inputs)
x = layers.Resizing(24, 32)(x)
x = layers.Rescaling(1.0 / 255)(x)
x = layers.Normalization(axis=-1)(x)
x = layers.CenterCrop(20, 20)(x)
x = layers.ZeroPadding2D(((1, 0), (2, 1)))(x)
x = layers.Cropping2D(1)(x)
x = layers.UpSampling2D(2, interpolation="bilinear")(x)
x = layers.Conv2D(3, 3, dilation_rate=2)(x)
model = tf.keras.Model(inputs, layers.GlobalMaxPooling2D()(x))
