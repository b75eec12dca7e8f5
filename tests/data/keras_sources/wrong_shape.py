import keras
from keras import layers

a, b = keras.Input((8, 8, 3)), keras.Input((9, 9, 3))
model = keras.Model([a, b], layers.Add()([layers.Conv2D(4, 3)(a), layers.Conv2D(4, 3)(b)]))
