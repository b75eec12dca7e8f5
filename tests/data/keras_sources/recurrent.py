import keras
from keras import layers

model = keras.Sequential()
model.add(keras.Input((11, 5)))
model.add(layers.Bidirectional(layers.LSTM(7, return_sequences=True)))
model.add(layers.GRU(6, return_sequences=True, reset_after=False))
model.add(layers.SimpleRNN(4, return_sequences=True, use_bias=False))
model.add(layers.Bidirectional(layers.GRU(3), merge_mode="sum"))
model.add(layers.Dense(2))
