import keras
from keras import layers

shared = layers.Dense(16, activation="relu")
embed = layers.Embedding(1000, 12)
a, b = keras.Input((6,), dtype="int32"), keras.Input((6,), dtype="int32")
ea, eb = (layers.Flatten()(embed(one)) for one in (a, b))
distance = layers.Subtract()([shared(ea), shared(eb)])
siamese = keras.Model([a, b], layers.Dense(1, activation="sigmoid")(distance))
