import keras
from keras import layers

model = keras.Sequential(
    [
        keras.Input((16, 16, 3)),
        layers.Conv2D(5, 3, name="a"),
        layers.BatchNormalization(name="b"),
        layers.Conv2D(7, 3, name="c", trainable=False),
        layers.Flatten(),
        layers.Dense(11, name="d"),
        layers.Dense(3, name="e"),
    ]
)
for layer in model.layers[:2]:
    layer.trainable = False
model.get_layer("d").trainable = False
