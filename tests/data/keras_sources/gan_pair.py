import keras
from keras import layers


def make_generator():
    return keras.Sequential(
        [
            keras.Input((16,)),
            layers.Dense(5 * 6 * 8, use_bias=False),
            layers.BatchNormalization(),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Reshape((5, 6, 8)),
            layers.Conv2DTranspose(4, 5, strides=2, padding="same", use_bias=False),
            layers.Conv2DTranspose(1, 5, strides=(2, 3), padding="same", activation="tanh"),
        ],
        name="generator",
    )


def make_discriminator():
    model = keras.Sequential(name="discriminator")
    model.add(keras.Input((20, 36, 1)))
    model.add(layers.Conv2D(4, 5, strides=2, padding="same"))
    model.add(layers.LeakyReLU(0.2))
    model.add(layers.Flatten())
    model.add(layers.Dense(1))
    return model


class GAN(keras.Model):
    def __init__(self, discriminator, generator):
        super().__init__()
        self.discriminator = discriminator
        self.generator = generator

    def call(self, inputs):
        return self.discriminator(self.generator(inputs))


def build():
    return GAN(make_discriminator(), make_generator())
