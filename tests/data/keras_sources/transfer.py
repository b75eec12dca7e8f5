"""Networks of keras.applications as parts of models: frozen, cut off at a layer, and on tensors of the caller's own."""

import tensorflow as tf
from tensorflow.keras import layers
from tensorflow.keras.applications import VGG16, MobileNetV2
from tensorflow.keras.applications.resnet50 import ResNet50, preprocess_input


def segmenter(shape=(96, 128, 3), classes=3):
    inputs = layers.Input(shape)
    base = VGG16(include_top=False, weights=None, input_tensor=inputs)
    skips = [base.get_layer(f"block{block}_conv2").output for block in (1, 2)]
    x = base.get_layer("block3_pool").output
    for skip in reversed(skips):
        x = layers.UpSampling2D(4 if skip is skips[1] else 2)(x)
        x = layers.Conv2D(9, 3, padding="same", activation="relu")(layers.Concatenate()([x, skip]))
    return tf.keras.Model(inputs, layers.Conv2D(classes, 1)(x))


def classifier():
    base = ResNet50(include_top=False, weights=None, input_shape=(64, 64, 3), pooling="avg")
    base.trainable = False
    for layer in base.layers[-4:]:
        layer.trainable = True
    inputs = tf.keras.Input((64, 64, 3))
    return tf.keras.Model(inputs, layers.Dense(7)(base(preprocess_input(inputs), training=False)))


def build():
    image = tf.keras.Input((96, 128, 3))
    small = MobileNetV2(input_shape=(96, 128, 3), alpha=0.35, include_top=False, weights=None)
    cut = tf.keras.Model(small.input, small.get_layer("block_6_expand_relu").output)
    x = layers.GlobalAveragePooling2D()(cut(image))
    y = layers.GlobalAveragePooling2D()(segmenter()(image))
    z = classifier()(layers.Resizing(64, 64)(image))
    return tf.keras.Model(image, layers.Dense(2)(layers.concatenate([x, y, z])))
