import keras
from keras import layers


class Stack(keras.Model):
    def __init__(self, widths=(6, 10, 14)):
        super().__init__(name="stack")
        self.blocks = [keras.Sequential([layers.Conv2D(width, 3, padding="same"), layers.ReLU()]) for width in widths]
        self.pools = {}
        for number in range(len(widths)):
            self.pools[f"pool{number}"] = layers.AveragePooling2D(2)
        self.heads = (layers.Dense(3), layers.Dense(5))

    def call(self, inputs):
        x = inputs
        for number, block in enumerate(self.blocks):
            x = self.pools[f"pool{number}"](block(x))
        x = keras.ops.mean(x, axis=(1, 2))
        return [head(x) for head in self.heads]
