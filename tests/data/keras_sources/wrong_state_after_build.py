import keras
from keras import layers


class Late(layers.Layer):
    def build(self, input_shape):
        self.dense = layers.Dense(3)

    def call(self, x):
        self.more = layers.Dense(5)
        return self.more(self.dense(x))


inputs = keras.Input((4,))
model = keras.Model(inputs, Late()(inputs))
