"""Write keras_operations.json: output shapes and MACs of Keras's and TensorFlow's functions, as TensorFlow computes them.

Run with an interpreter that has both: `python tests/data/make_keras_operations.py`. MACs are half of what TensorFlow's
profiler counts.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import tensorflow as tf
from keras import ops
from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

CONV, DEPTH, BACK = "keras_conv", "keras_depthwise_conv", "keras_conv_transpose"
CASES = [
    (CONV, [[2, 17, 13, 6], [3, 5, 6, 4]], {"strides": [2, 1], "padding": "valid"}, lambda a, b: ops.conv(a, b, (2, 1), "valid")),
    (CONV, [[1, 17, 13, 6], [3, 5, 6, 4]], {"strides": [2, 3], "padding": "same"}, lambda a, b: ops.conv(a, b, (2, 3), "same")),
    (CONV, [[1, 17, 13, 6], [3, 3, 6, 4]], {"padding": "valid", "dilation": [2, 3]}, lambda a, b: ops.conv(a, b, 1, "valid", dilation_rate=(2, 3))),
    (CONV, [[1, 19, 6], [5, 6, 4]], {"strides": 3, "padding": "valid"}, lambda a, b: ops.conv(a, b, 3, "valid")),
    (CONV, [[1, 5, 7, 11, 2], [3, 2, 5, 2, 3]], {"padding": "same"}, lambda a, b: ops.conv(a, b, 1, "same")),
    (CONV, [[1, 12, 13, 5], [3, 5, 6, 4]], {"padding": "valid"}, lambda a, b: ops.conv(a, b, 1, "valid")),
    (DEPTH, [[1, 17, 13, 6], [3, 5, 6, 2]], {"strides": [2, 2], "padding": "same"}, lambda a, b: ops.depthwise_conv(a, b, 2, "same")),
    (DEPTH, [[1, 17, 13, 6], [3, 5, 6, 1]], {"padding": "valid"}, lambda a, b: ops.depthwise_conv(a, b, 1, "valid")),
    (BACK, [[1, 7, 5, 6], [3, 5, 4, 6]], {"strides": [2, 3], "padding": "same"}, lambda a, b: ops.conv_transpose(a, b, (2, 3), "same")),
    (BACK, [[1, 7, 5, 6], [3, 5, 4, 6]], {"strides": [2, 7], "padding": "valid"}, lambda a, b: ops.conv_transpose(a, b, (2, 7), "valid")),
    ("keras_pool", [[1, 17, 13, 6]], {"size": [2, 3], "strides": [2, 2], "padding": "valid"}, lambda a: ops.max_pool(a, (2, 3), 2, "valid")),
    ("keras_pool", [[1, 17, 13, 6]], {"size": [2, 3], "strides": [2, 2], "padding": "same"}, lambda a: ops.average_pool(a, (2, 3), 2, "same")),
    ("resize_images", [[1, 17, 13, 6]], {"size": [5, 29]}, lambda a: tf.image.resize(a, (5, 29))),
    ("resize_images", [[17, 13, 6]], {"size": [5, 29]}, lambda a: tf.image.resize(a, (5, 29))),
    ("depth_to_space", [[1, 5, 7, 18]], {"block_size": 3}, lambda a: tf.nn.depth_to_space(a, 3)),
    ("depth_to_space", [[1, 5, 7, 16]], {"block_size": 3}, lambda a: tf.nn.depth_to_space(a, 3)),
    ("space_to_depth", [[1, 6, 9, 2]], {"block_size": 3}, lambda a: tf.nn.space_to_depth(a, 3)),
    ("space_to_depth", [[1, 6, 10, 2]], {"block_size": 3}, lambda a: tf.nn.space_to_depth(a, 3)),
]  # fmt: skip

UNCOUNTED = (
    CONV + str({"padding": "valid", "dilation": [2, 3]}),
    BACK + str({"strides": [2, 7], "padding": "valid"}),
)
"""What the profiler counts otherwise: dilated windows on a rearranged input, and strides above the kernel in fractions."""


def macs(function: object, shapes: list[list[int]]) -> int:
    """Half of the floating-point operations of a function."""
    traced = tf.function(function).get_concrete_function(*[tf.TensorSpec(shape) for shape in shapes])
    frozen = convert_variables_to_constants_v2(traced)
    options = tf.compat.v1.profiler.ProfileOptionBuilder(tf.compat.v1.profiler.ProfileOptionBuilder.float_operation())
    found = tf.compat.v1.profiler.profile(graph=frozen.graph, cmd="op", options=options.with_empty_output().build())
    return found.total_float_ops // 2


def main() -> None:
    """Compute every case."""
    rows: list[dict[str, object]] = []
    for operation, shapes, attributes, function in CASES:
        row: dict[str, object] = {"operation": operation, "shapes": shapes, "attributes": attributes}
        try:
            row["outputs"] = [list(function(*[tf.zeros(shape) for shape in shapes]).shape)]
            if (
                len(shapes[0]) == 4
                and operation in (CONV, DEPTH, BACK)
                and operation + str(attributes) not in UNCOUNTED
            ):
                row["macs"] = macs(function, shapes)
        except (ValueError, tf.errors.InvalidArgumentError):
            row["raises"] = "ValueError"
        row["torch"] = f"{operation} {len(rows)}"
        rows.append(row)
    about = f"Shapes and MACs of functions, as tensorflow {tf.__version__} has them; made by make_keras_operations.py"
    lines = ",\n".join(json.dumps(row) for row in rows)
    path = Path(__file__).parent / "keras_operations.json"
    path.write_text(f'{{"about": {json.dumps(about)},\n"rows": [\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
