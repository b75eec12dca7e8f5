"""What no count depends on: initialisers, regularisers, optimisers, policies."""

from keras import _inert
from keras._inert import GLOBAL, getter, inert
from keras._modules import offer, unsupported_function
from keras._surface import NAMES

for _module in ("keras.initializers", "keras.regularizers", "keras.constraints", "keras.optimizers", "keras.callbacks",
                "keras.optimizers.schedules", "keras.losses", "keras.metrics", "keras.quantizers", "keras.wrappers"):  # fmt: skip
    _every = _module in ("keras.initializers", "keras.regularizers", "keras.constraints")
    offer(_module, **{
        name: inert(_module, name) if _every or name[:1].isupper() else unsupported_function(f"{_module}.{name}")
        for name in NAMES[_module].split()
        if f"{_module}.{name}" not in NAMES
    })  # fmt: skip
    if "get" in NAMES[_module].split():
        offer(
            _module,
            get=getter(_module),
            serialize=lambda one, **kwargs: one,
            deserialize=lambda one, *args, **kwargs: one,
        )


class Constant(_inert.Inert):
    """An initialiser of one number, or of numbers that are given."""

    _name_ = "keras.initializers.Constant"

    def __init__(self, value=0.0):
        self.value = value


offer(
    "keras.initializers",
    Constant=Constant,
    constant=Constant,
    VarianceScaling=inert("keras.initializers", "VarianceScaling"),
)
offer("keras.optimizers", legacy=None)
offer(
    "keras.optimizers.legacy",
    **{
        name: inert("keras.optimizers", name)
        for name in ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam")
    },
)
offer("keras.mixed_precision", Policy=_inert.Policy, DTypePolicy=_inert.Policy, set_global_policy=_inert.set_policy,
      set_dtype_policy=_inert.set_policy, global_policy=lambda: GLOBAL["policy"], dtype_policy=lambda: GLOBAL["policy"])  # fmt: skip
offer("keras.dtype_policies", DTypePolicy=_inert.Policy, get=_inert.get_policy)
offer("keras.src.dtype_policies.dtype_policy", set_dtype_policy=_inert.set_policy)
offer("keras.preprocessing.image", ImageDataGenerator=inert("keras.preprocessing.image", "ImageDataGenerator"))
