import keras
from keras import layers, ops


class Sampling(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.seed_generator = keras.random.SeedGenerator(1337)

    def call(self, inputs):
        mean, log_var = inputs
        batch, dim = ops.shape(mean)[0], ops.shape(mean)[1]
        epsilon = keras.random.normal(shape=(batch, dim), seed=self.seed_generator)
        return mean + ops.exp(0.5 * log_var) * epsilon


inputs = keras.Input((20, 20, 1))
x = layers.Conv2D(6, 3, activation="relu", strides=2, padding="same")(inputs)
x = layers.Dense(16, activation="relu")(layers.Flatten()(x))
mean, log_var = layers.Dense(2, name="z_mean")(x), layers.Dense(2, name="z_log_var")(x)
encoder = keras.Model(inputs, [mean, log_var, Sampling()([mean, log_var])], name="encoder")
latent = keras.Input((2,))
x = layers.Reshape((10, 10, 4))(layers.Dense(400, activation="relu")(latent))
decoder = keras.Model(latent, layers.Conv2DTranspose(1, 3, strides=2, padding="same")(x), name="decoder")


class VAE(keras.Model):
    def __init__(self, encoder, decoder, **kwargs):
        super().__init__(**kwargs)
        self.encoder, self.decoder = encoder, decoder
        self.total = keras.metrics.Mean(name="total_loss")

    @property
    def metrics(self):
        return [self.total]

    def call(self, x):
        return self.decoder(self.encoder(x)[2])
