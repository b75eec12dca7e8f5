import keras
from keras import layers

model = keras.Sequential([keras.Input((8, 8, 3)), layers.Conv2D(4, kernal_size=3)])
