from tensorflow.keras.layers import Activation, BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from tensorflow.keras.models import Sequential
from tensorflow.keras.regularizers import l2


def build(weight_decay=1e-4, classes=7):
    model = Sequential(name="vgg_like")
    for filters in (11, 13):
        model.add(Conv2D(filters, (3, 3), padding="same", kernel_regularizer=l2(weight_decay), input_shape=(30, 34, 3)))
        model.add(Activation("elu"))
        model.add(BatchNormalization())
        model.add(MaxPooling2D(pool_size=(2, 2)))
        model.add(Dropout(0.2))
    model.add(Flatten())
    model.add(Dense(classes, activation="softmax"))
    return model
