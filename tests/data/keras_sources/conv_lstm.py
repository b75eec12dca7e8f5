import keras
from keras import layers

inputs = keras.Input((4, 10, 12, 1))
x = layers.ConvLSTM2D(6, (5, 5), padding="same", return_sequences=True)(inputs)
x = layers.BatchNormalization()(x)
x = layers.ConvLSTM2D(5, (3, 3), padding="same", return_sequences=True)(x)
model = keras.Model(inputs, layers.Conv3D(1, (3, 3, 3), activation="sigmoid", padding="same")(x))
