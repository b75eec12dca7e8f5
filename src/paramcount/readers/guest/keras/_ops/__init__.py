"""Functions on tensors, by their names in keras.ops."""

from keras._ops import indexing, products, reductions
from keras._ops.activations import ACTIVATIONS
from keras._ops.arithmetic import identity_
from keras._ops.creation import RANDOM, made
from keras._ops.images import IMAGE
from keras._ops.table import OPS, whole
from keras._ops.windows import window

__all__ = ["ACTIVATIONS", "IMAGE", "OPS", "RANDOM", "identity_", "made", "whole", "window"]
