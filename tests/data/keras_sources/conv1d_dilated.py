from keras import Input, Model
from keras.layers import Activation, Add, BatchNormalization, Conv1D, SpatialDropout1D


def tcn(length=50, features=3, filters=8):
    inputs = Input((length, features))
    x = inputs
    for dilation in (1, 2, 4):
        shortcut = Conv1D(filters, 1)(x) if x.shape[-1] != filters else x
        for _ in range(2):
            x = Conv1D(filters, 3, padding="causal", dilation_rate=dilation)(x)
            x = SpatialDropout1D(0.1)(Activation("relu")(BatchNormalization()(x)))
        x = Add()([x, shortcut])
    return Model(inputs, Conv1D(1, 1)(x))
