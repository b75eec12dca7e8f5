import keras
from keras import layers

model = keras.Sequential([keras.Input((9,)), layers.Dense(5), layers.LayerNormalization(), layers.Dense(2)])
model.trainable = False
model.layers[0].trainable = True
