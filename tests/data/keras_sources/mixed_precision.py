import keras
from keras import layers, mixed_precision

mixed_precision.set_global_policy("mixed_float16")
model = keras.Sequential(
    [
        keras.Input((10, 10, 3)),
        layers.Conv2D(4, 3),
        layers.BatchNormalization(),
        layers.Flatten(),
        layers.Dense(3, dtype="float32"),
    ]
)
