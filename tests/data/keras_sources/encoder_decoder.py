import keras
from keras import layers

encoder_inputs = keras.Input(shape=(9, 8))
_, state_h, state_c = layers.LSTM(13, return_state=True)(encoder_inputs)
decoder_inputs = keras.Input(shape=(7, 6))
decoder_outputs, _, _ = layers.LSTM(13, return_sequences=True, return_state=True)(
    decoder_inputs, initial_state=[state_h, state_c]
)
model = keras.Model([encoder_inputs, decoder_inputs], layers.Dense(6, activation="softmax")(decoder_outputs))
