"""Bounds on what comes from outside, checked before any work is done on it.

Each bound is named in the error that it causes.
"""

MAX_EXACT = 2**53 - 1
"""The largest integer that every JSON client reads exactly (RFC 8259, section 6)."""

MAX_SIZE = 2**31 - 1
"""The largest size of one dimension, and the largest value of one hyperparameter."""

MAX_LAYERS = 200_000
"""Layers in one network."""

MAX_UNROLLED = 2_000
"""Layers beyond those that were written: in blocks that are called once more, in repetitions that change shapes."""

MAX_STACKED = 100
"""Recurrent or transformer layers stacked in one layer."""

MAX_TENSORS = 20_000
"""Tensors of layers that hold many each."""

MAX_TEXT = 8 * 2**20
"""Characters of notation in one network."""

MAX_DEPTH = 32
"""Brackets and JSON objects nested in one another."""

MAX_RANK = 8
"""Dimensions of one shape, batch excluded."""

MAX_INPUTS = 64
"""Inputs of one network."""

MAX_NAME = 200
"""Characters of one name."""

MAX_DIGITS = 19
"""Digits of one number."""

MAX_MISTAKES = 40
"""Mistakes looked for in one call; after so many the rest is not checked."""

MAX_LISTED = 20
"""Mistakes listed in one error."""

MAX_KEPT = 4_096
"""Layers that are kept to be used again once they are made; as many derivations of them, and as many nodes in blocks
with theirs: some 40 MB where all is full."""

MAX_KEPT_TEXT = 400
"""Characters of the text of a layer that is kept."""

MAX_BODY_TEXT = 4_000
"""Characters of the text of a block that is kept."""

MAX_BODY = 500
"""Layers of a block that is kept."""
