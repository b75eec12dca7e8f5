import keras
from keras import layers


class Classifier(keras.Model):
    def __init__(self, classes=10):
        super().__init__()
        self.conv1 = layers.Conv2D(8, 3, activation="relu")
        self.conv2 = layers.Conv2D(12, 3, strides=2)
        self.norm = layers.BatchNormalization()
        self.drop = layers.Dropout(0.3)
        self.flatten = layers.Flatten()
        self.head = layers.Dense(classes)

    def call(self, x, training=False):
        x = self.conv1(x)
        x = self.norm(self.conv2(x), training=training)
        if training:
            x = self.drop(x)
        return self.head(self.flatten(x))
