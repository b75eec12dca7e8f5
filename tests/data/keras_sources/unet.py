from tensorflow import keras
from tensorflow.keras.layers import Concatenate, Conv2D, Conv2DTranspose, Dropout, Input, MaxPooling2D
from tensorflow.keras.models import Model


def unet(input_size=(48, 64, 1), n_filters=6, n_classes=3):
    inputs = Input(input_size)
    skips, x = [], inputs
    for level in range(3):
        x = Conv2D(n_filters * 2**level, 3, activation="relu", padding="same", kernel_initializer="HeNormal")(x)
        x = Conv2D(n_filters * 2**level, 3, activation="relu", padding="same")(x)
        skips.append(x)
        x = MaxPooling2D(pool_size=(2, 2))(x)
    x = Dropout(0.3)(Conv2D(n_filters * 8, 3, activation="relu", padding="same")(x))
    for level in reversed(range(3)):
        up = Conv2DTranspose(n_filters * 2**level, (3, 3), strides=(2, 2), padding="same")(x)
        x = Conv2D(n_filters * 2**level, 3, activation="relu", padding="same")(Concatenate(axis=3)([up, skips[level]]))
    outputs = Conv2D(n_classes, 1, padding="same")(x)
    model = Model(inputs=inputs, outputs=outputs)
    model.compile(optimizer=keras.optimizers.Adam(), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
