"""What each module of Keras offers here."""

import contextlib

from keras import _inert
from keras._inert import inert
from keras._input import Input
from keras._layer import Layer
from keras._models import Model
from keras._modules import offer
from keras._offers import applications, training, utils
from keras._offers.backend import name_scope
from keras._offers.layers import InputSpec
from keras._sequential import Sequential
from keras._tensor import KerasTensor
from keras._variable import Variable

offer(
    "keras", Input=Input, Layer=Layer, Model=Model, Sequential=Sequential, KerasTensor=KerasTensor,
    InputSpec=InputSpec, Variable=Variable, name_scope=name_scope, DTypePolicy=_inert.Policy, __version__="3.15.1",
    device=lambda *args: contextlib.nullcontext(), remat=lambda function: function, version=lambda: "3.15.1",
    Initializer=inert("keras.initializers", "Initializer"), Regularizer=inert("keras.regularizers", "Regularizer"),
    Loss=inert("keras.losses", "Loss"), Metric=inert("keras.metrics", "Metric"),
    Optimizer=inert("keras.optimizers", "Optimizer"), StatelessScope=inert("keras", "StatelessScope"),
)  # fmt: skip
