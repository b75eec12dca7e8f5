import keras
from keras import layers

model = keras.Sequential([keras.Input((8, 8, 6)), layers.Conv2D(8, 3, groups=4)])
