import tensorflow as tf


class MLP(tf.keras.Model):
    def __init__(self, hidden, outputs):
        super().__init__()
        self.hidden = [tf.keras.layers.Dense(width, activation=tf.nn.relu) for width in hidden]
        self.out = tf.keras.layers.Dense(outputs)

    def call(self, inputs):
        x = inputs
        for layer in self.hidden:
            x = layer(x)
        return self.out(x)


model = MLP([21, 13], 4)
model(tf.zeros((1, 6)))
