"""Small models in every way of writing one, as Keras 2 and Keras 3 write their configurations and summaries.

    python tests/data/make_keras_small_configs.py keras    >  keras3.json
    python tests/data/make_keras_small_configs.py tf_keras >  keras2.json
    python tests/data/make_keras_small_configs.py keras3.json keras2.json tests/data/keras_small_configs.json

Needs keras, and for the second tf_keras, which is Keras 2. Totals are theirs.
"""

import importlib
import json
import math
import os
import sys
from pathlib import Path
from typing import Any


def models(keras: Any) -> dict[str, tuple[Any, str]]:
    """Each model with how much of it can be read."""
    layers, made = keras.layers, {}

    def functional(name: str, inputs: Any, outputs: Any, completeness: str = "full") -> None:
        made[name] = (keras.Model(inputs, outputs), completeness)

    made["sequential"] = (
        keras.Sequential(
            [keras.Input((8, 8, 1)), layers.Conv2D(4, 3, padding="same", name="c"), layers.BatchNormalization(),
             layers.ReLU(), layers.MaxPooling2D(), layers.Flatten(), layers.Dense(2, activation="softmax")]
        ),
        "full",
    )  # fmt: skip
    made["recurrent"] = (
        keras.Sequential(
            [keras.Input((7, 5)), layers.Bidirectional(layers.LSTM(4, return_sequences=True)), layers.GRU(3),
             layers.Dense(2)]
        ),
        "full",
    )  # fmt: skip
    made["stacked"] = (
        keras.Sequential(
            [keras.Input((11, 3)), layers.RNN([layers.LSTMCell(7), layers.GRUCell(5)], return_sequences=True),
             layers.Bidirectional(layers.RNN([layers.GRUCell(3), layers.SimpleRNNCell(2)])), layers.Dense(1)]
        ),
        "full",
    )  # fmt: skip
    made["masked"] = (
        keras.Sequential(
            [keras.Input((9,)), layers.Embedding(50, 6, mask_zero=True),
             layers.Bidirectional(layers.LSTM(5, return_sequences=True)), layers.GlobalAveragePooling1D(),
             layers.Dense(2)]
        ),
        "full",
    )  # fmt: skip
    words = keras.Input((9,))
    x = layers.GRU(5, return_sequences=True)(layers.Embedding(50, 6, mask_zero=True)(words))
    functional("masks", words, layers.Dense(2)(layers.GlobalAveragePooling1D()(x)))
    i = keras.Input((16, 16, 3))
    block = keras.Sequential([layers.Conv2D(4, 3, padding="same"), layers.BatchNormalization(), layers.ReLU()])
    x = block(i)
    both = keras.Model(i, [x, layers.MaxPooling2D()(x)])
    i = keras.Input((16, 16, 3))
    x, y = both(i)
    functional("deeper", i, layers.Concatenate()([layers.Flatten()(x), layers.Flatten()(y)]))
    made["text"] = (
        keras.Sequential([keras.Input((9,)), layers.Embedding(50, 6), layers.Conv1D(4, 3), layers.GlobalMaxPooling1D(),
                          layers.Dropout(0.2), layers.Dense(1)]),
        "full",
    )  # fmt: skip
    i = keras.Input((16, 16, 3))
    x = layers.SeparableConv2D(5, 3, padding="same")(i)
    y = layers.DepthwiseConv2D(3, padding="same")(x)
    x = layers.Add()([x, y])
    x = layers.Concatenate()([x, y])
    functional("graph", i, layers.Dense(3)(layers.GlobalAveragePooling2D()(x)))
    a, b = keras.Input((7,)), keras.Input((7,))
    shared = layers.Dense(4)
    functional("shared", [a, b], layers.Concatenate()([shared(a), shared(b)]))
    inner = keras.Sequential([layers.Dense(4), layers.Dense(5)])
    a, b = keras.Input((7,)), keras.Input((7,))
    functional("nested", [a, b], layers.Subtract()([inner(a), inner(b)]))
    a = keras.Input((7,))
    block = keras.Model(a, layers.Dense(6, use_bias=False)(layers.Dense(3)(a)))
    block.trainable = False
    a = keras.Input((7,))
    functional("frozen", a, layers.Dense(2)(block(a)))
    a = keras.Input((5, 8))
    functional("attention", a, layers.LayerNormalization()(layers.MultiHeadAttention(2, 4)(a, a)))
    a = keras.Input((6,))
    functional("outputs", a, [layers.Dense(2)(a), layers.Dense(3)(a)])
    i = keras.Input((8, 8, 3))
    x = layers.Conv2D(4, 3)(i)
    functional("operations", i, layers.Dense(2)(layers.Flatten()(x * 2.0 + 1.0)))
    a = keras.Input((6, 4))
    functional("time", a, layers.TimeDistributed(layers.Dense(3))(a))
    i = keras.Input((8, 8, 4))
    functional("transposed", i, layers.Conv2DTranspose(3, 4, strides=2, padding="same", use_bias=False)(i))
    return made


def shapes(made: Any) -> list[Any]:
    several = made.output_shape if isinstance(made.output_shape, list) else [made.output_shape]
    return [list(shape[1:]) for shape in several]


def main(arguments: list[str]) -> None:
    if arguments[0].endswith(".json"):
        *parts, target = map(Path, arguments)
        rows = [row for part in parts for row in json.loads(part.read_text(encoding="utf-8"))]
        lines = ",\n".join(json.dumps(row) for row in rows)
        target.write_text(f'{{"models": [\n{lines}\n]}}\n', encoding="utf-8")
        return
    os.environ["COLUMNS"] = "200"  # a narrower terminal cuts summaries off
    keras = importlib.import_module(arguments[0])
    rows = []
    for name, (made, completeness) in models(keras).items():
        lines: list[str] = []
        made.summary(print_fn=lambda text, lines=lines, **_: lines.append(text), line_length=100)
        opened: list[str] = []
        if any(isinstance(one, keras.Model) for one in made.layers):
            made.summary(
                print_fn=lambda text, lines=opened, **_: lines.append(text), line_length=120, expand_nested=True
            )
        rows.append(
            {
                "id": f"{keras.__version__[0]}.{name}",
                "keras": keras.__version__,
                "json": made.to_json(),
                "config": repr(made.get_config()),
                "summary": "\n".join(lines),
                "expanded": "\n".join(opened),
                "parameters": made.count_params(),
                "trainable": sum(math.prod(one.shape) for one in made.trainable_weights),
                "outputs": shapes(made),
                "completeness": completeness,
            }
        )
    print(json.dumps(rows))


if __name__ == "__main__":
    main(sys.argv[1:])
