import keras
from keras import layers, ops


class Tied(keras.Model):
    def __init__(self, vocabulary=101, dim=12):
        super().__init__()
        self.embed = layers.Embedding(vocabulary, dim)
        self.mix = layers.Dense(dim, activation="gelu")

    def call(self, tokens):
        x = self.mix(self.embed(tokens))
        return ops.matmul(x, ops.transpose(self.embed.embeddings))
