"""Keras 2's modules and arguments, each of which Keras 3 has elsewhere or no more."""

import keras.backend as K
from keras.engine.topology import Layer, get_source_inputs
from keras.layers import Input, SeparableConv2D
from keras.layers.advanced_activations import LeakyReLU, PReLU
from keras.layers.convolutional import Conv2D, ZeroPadding2D
from keras.layers.core import Activation, Dense, Dropout, Reshape
from keras.layers.embeddings import Embedding
from keras.layers.merge import add, concatenate
from keras.layers.normalization import BatchNormalization
from keras.layers.pooling import GlobalAveragePooling2D, MaxPooling2D
from keras.layers.recurrent import LSTM
from keras.models import Model, Sequential
from keras.regularizers import l2
from keras.utils import np_utils
from keras.utils.conv_utils import normalize_tuple
from keras.utils.layer_utils import convert_all_kernels_in_model


class Scale(Layer):
    def build(self, input_shape):
        self.gain = self.add_weight("gain", (int(input_shape[-1]),), initializer="ones")
        super().build(input_shape)

    def call(self, x):
        return x * self.gain


class Depthwise(Conv2D):
    def __init__(self, kernel_size, **kwargs):
        super().__init__(filters=None, kernel_size=kernel_size, **kwargs)

    def build(self, input_shape):
        channels = input_shape[-1]
        self.depthwise_kernel = self.add_weight(shape=(*self.kernel_size, channels, 1), name="depthwise_kernel")
        self.bias = self.add_weight(shape=(channels,), name="bias")
        self.built = True

    def call(self, x):
        x = K.depthwise_conv2d(x, self.depthwise_kernel, strides=self.strides, padding=self.padding)
        return K.bias_add(x, self.bias, data_format="channels_last")

    def compute_output_shape(self, input_shape):
        return input_shape


def build(shape=(32, 28, 3)):
    image = Input(shape)
    x = ZeroPadding2D((1, 2))(image)
    x = Conv2D(8, normalize_tuple(3, 2, "kernel_size"), strides=2, name="stem/conv", kernel_regularizer=l2(0.1))(x)
    x = LeakyReLU(alpha=0.2)(BatchNormalization(fused=True)(x))
    y = SeparableConv2D(8, 3, padding="same", kernel_regularizer=l2(0.1), kernel_initializer="he_normal")(x)
    y = Depthwise(3, padding="same")(y)
    shortcut = Sequential()
    x = add([Scale()(y), shortcut(x)])
    x = PReLU(shared_axes=[1, 2])(MaxPooling2D()(x))
    words = Input((11,))
    z = Embedding(50, 6, input_length=11)(words)
    z = LSTM(9, implementation=2)(z)
    x = concatenate([GlobalAveragePooling2D()(x), z])
    x = Reshape((1, K.int_shape(x)[-1]))(Dropout(0.2)(x))
    x = Activation("softmax")(Dense(4)(x))
    model = Model([image, words], x)
    convert_all_kernels_in_model(model)
    assert len(get_source_inputs(x)) == 2
    assert np_utils is not None
    return model
