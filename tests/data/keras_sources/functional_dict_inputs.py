import keras
from keras import layers

left = keras.Input((7, 9, 2), name="left")
right = keras.Input((5,), name="right")
x = layers.Flatten()(layers.Conv2D(3, 2)(left))
x = layers.Concatenate()([x, right])
model = keras.Model({"left": left, "right": right}, [layers.Dense(2)(x), layers.Dense(3, use_bias=False)(x)])
