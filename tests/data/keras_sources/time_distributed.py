import keras
from keras import layers

cnn = keras.Sequential(
    [keras.Input((12, 14, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.GlobalMaxPooling2D()]
)
video = keras.Input((5, 12, 14, 3))
x = layers.TimeDistributed(cnn)(video)
x = layers.TimeDistributed(layers.Dense(6, activation="relu"))(x)
x = layers.LSTM(8)(x)
model = keras.Model(video, layers.Dense(3)(x))
