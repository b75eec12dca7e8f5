import keras
from keras import layers

base = keras.Sequential([keras.Input((17,)), layers.Dense(13, activation="tanh"), layers.Dense(11), layers.Dense(5)])
base.pop()
base.add(layers.Dense(3, name="head"))
