import keras
from keras import layers

a, b = keras.Input((8,)), keras.Input((8,))
model = keras.Model(a, layers.Dense(3)(layers.add([a, b])))
