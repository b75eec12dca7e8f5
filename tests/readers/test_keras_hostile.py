"""Keras sources that lie, hide weights, or use what is gone: none is answered with a smaller count."""

import pytest

from paramcount import ParamcountError
from paramcount.readers import Asked, Given, read

_HEAD = "import keras\nfrom keras import layers\n"
_MADE = "model = keras.Sequential([keras.Input((4,)), layers.Dense(3)])\n"
_HIDDEN = """class Box: pass
class Hidden(layers.Layer):
    def __init__(self):
        super().__init__()
        self.box = Box()
        self.box.dense = layers.Dense(3)
    def call(self, x):
        return self.box.dense(x)
inputs = keras.Input((4,))
model = keras.Model(inputs, Hidden()(inputs))
"""
_NESTED = "for _ in range(200): model = keras.Sequential([keras.Input((4,)), model])\n"

CASES = {
    "weights in a lambda": (
        "model = keras.Sequential([keras.Input((4,)), layers.Lambda(lambda x: layers.Dense(3)(x))])",
        "15 weights that Keras does not track",
    ),
    "weights in an object": (_HIDDEN, "15 weights that Keras does not track"),
    "a loose variable": (
        "v = keras.Variable([1.0, 2.0])\ni = keras.Input((2,))\nmodel = keras.Model(i, i * v)",
        "2 weights that Keras does not track",
    ),
    "a shrunken kernel": (
        _MADE + "model.layers[0].kernel.shape = type(model.layers[0].kernel.shape)((1, 1))",
        "[4, 3]",
    ),
    "patched arguments": ("layers.Dense.hyper = lambda self: {'units': 1}\n" + _MADE, "does not agree with itself"),
    "emptied weights": (_MADE + "model._layers[1]._trainable_variables.clear()", "does not agree with itself"),
    "a patched summary": (
        "import keras._reading as r\nr.Summary._row = lambda self, path, name, one: "
        "{'name': name, 'shape': [1], 'trainable': True, 'shared_with': None}\n" + _MADE,
        "does not agree with itself",
    ),
    "a layer that cannot be added": (_MADE + "model.add(layers.HashedCrossing(3))", "HashedCrossing is not supported"),
    "arguments of Keras 1": (
        "model = keras.Sequential()\nmodel.add(layers.Convolution2D(8, 3, 3, border_mode='same', input_shape=(9, 9, 3)))",
        "border_mode=…) is Keras 1's and gone",
    ),
    "merge": ("from keras.layers import merge\nmodel = merge([], mode='sum')", "keras.layers.merge is gone"),
    "the module merge": ("from keras.layers.merge import merge\nmodel = merge([])", "keras.layers.merge is gone"),
    "Keras 1's name of the order": (
        "from keras.layers.core import Dense\nimport keras.backend as K\nmodel = Dense(K.image_dim_ordering())",
        "image_dim_ordering is gone",
    ),
    "no such layer": ("model = keras.Sequential([layers.Dens(3)])", "no attribute 'Dens'"),
    "no such argument": ("model = keras.Sequential([layers.Dense(3, unit=4)])", "Unrecognized keyword arguments"),
    "no input": ("model = keras.Sequential([layers.Dense(3)])", "Give input_shape"),
    "nested too deeply": (_MADE + _NESTED, "nest"),
}


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_by_its_reason(name: str) -> None:
    source, words = CASES[name]
    with pytest.raises(ParamcountError) as refused:
        read(Given(_HEAD + source), Asked(entry="model"), format="keras")
    assert words in str(refused.value)
