"""Configurations of keras.applications, as the models themselves write them, and what they hold.

    python tests/data/make_keras_configs.py tests/data/keras_configs.json.xz

Needs keras. Totals are Keras's own.
"""

import json
import lzma
import math
import sys
from pathlib import Path
from typing import Any

import keras


def builders() -> list[str]:
    """Every function of keras.applications that builds a model."""
    return [
        name for name in dir(keras.applications) if name[0].isupper() and callable(getattr(keras.applications, name))
    ]


def main(target: Path) -> None:
    models: list[dict[str, Any]] = []
    for name in builders():
        made = getattr(keras.applications, name)(weights=None)
        models.append(
            {
                "id": name,
                "json": made.to_json(),
                "parameters": made.count_params(),
                "trainable": int(sum(math.prod(one.shape) for one in made.trainable_weights)),
                "input": list(made.input_shape[1:]),
                "output": list(made.output_shape[1:]),
            }
        )
        print(name, len(models[-1]["json"]), models[-1]["parameters"], flush=True)
        keras.backend.clear_session()
    packed = lzma.compress(
        json.dumps({"keras": keras.__version__, "models": models}).encode(), preset=9 | lzma.PRESET_EXTREME
    )
    target.write_bytes(packed)
    print(f"{len(models)} models, {len(packed)} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
