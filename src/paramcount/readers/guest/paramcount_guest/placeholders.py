"""What stands for libraries that are not here: inert while a file is imported, an error with its name after that."""

import importlib
import importlib.machinery
import re
import sys
import types

from paramcount_guest.state import STATE, Stop, location, stop

_MODELS = re.compile(
    r"torchvision\.models\.(?:\w+\.)*[a-z][a-z0-9_]*|timm\.(?:models\.)?create_model|(?:.+\.)?hub\.load"
    r"|transformers\.\w*(?:Model|For[A-Z])\w*(?:\.from_\w+)?|(?:.+\.)?EfficientNet\.from_\w+"
    r"|(?:segmentation_models_pytorch|ultralytics|monai\.networks\.nets)\.[A-Z]\w+|pretrainedmodels\.\w+(?:\.\w+)?"
)
"""What makes a model in libraries that hold many."""


_LOOKS = frozenset([
    "AveragedModel", "EMA", "FlopCountAnalysis", "Learner", "Lookahead", "ModelEMA", "ModelEmaV2", "ModelEmaV3",
    "ModelSummary", "Trainer", "add_graph", "draw_graph", "export", "fit", "fit_one_cycle", "get_model_complexity_info",
    "log_model", "make_dot", "parameter_count", "predict", "prepare", "profile", "save", "save_model", "summarize",
    "summary", "test", "train", "validate", "watch",
])  # fmt: skip
"""What other libraries call the functions that are given a model and leave it as it is."""


class _Meta(type):
    """Classes that stand for a library's: they can be a base, and cannot be made."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return placeholder(f"{cls._placeholder_}.{name}")


class Placeholder:
    """A name of a library that is not here."""

    _placeholder_ = "?"

    def __init__(self, name):
        self.__dict__["_name"] = name

    def __repr__(self):
        return self._name

    def _stop(self, why="is needed"):
        return stop("missing library", self._lack(why))

    def _lack(self, why):
        hint = STATE.hints.get(self._name.rstrip("()…"), "")
        if not hint and _MODELS.fullmatch(self._name):
            hint = " Give what print(model) shows of it, or its own source."
        return f"{self._name} {why}, and its library is not here.{hint}"

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        return placeholder(f"{self._name}.{name}")

    def __setattr__(self, name, value):
        if STATE.stage != "import":
            raise self._stop("is changed")

    def __call__(self, *args, **kwargs):
        if STATE.stage != "import":
            raise self._stop("is called")
        STATE.stub(f"{self._name}()")
        if _MODELS.fullmatch(self._name):
            STATE.absent_models.append((Stop("missing library", self._lack("is called")), location()))
        if any(hasattr(one, "named_parameters") for one in (*args, *kwargs.values())):
            self._given_a_model()
        if len(args) == 1 and not kwargs and (isinstance(args[0], (type, types.FunctionType))):
            STATE.warn(f"The decorator {self._name} of a library that is not here was left out.")
            return args[0]
        return placeholder(f"{self._name}(…)")

    def _given_a_model(self):
        """Say that a model may be another one after this call, unless it is one of those that look at it."""
        if self._name.rsplit(".", 1)[-1] in _LOOKS:
            return
        STATE.given_models.append((Stop("missing library", self._lack("is given the model")), location()))
        STATE.warn(f"{self._name} is given a model, and its library is not here: what it changes is not counted.")

    def __mro_entries__(self, bases):
        name = self._name

        def refuse(cls, *args, **kwargs):
            raise stop("missing library", f"{cls.__name__} is built on {name}, and its library is not here.")

        made = _Meta(name.rsplit(".", 1)[-1].strip("()…") or "Missing", (), {"_placeholder_": name, "__new__": refuse})
        return (made,)

    def __class_getitem__(cls, item):
        return cls

    def __getitem__(self, item):
        if STATE.stage != "import":
            raise self._stop()
        return placeholder(f"{self._name}[…]")

    def __or__(self, other):
        return self

    __ror__ = __or__

    def __enter__(self):
        if STATE.stage != "import":
            raise self._stop("is entered")
        return self

    def __exit__(self, *args):
        return None

    def __instancecheck__(self, one):
        return False

    def __subclasscheck__(self, one):
        return False

    def __hash__(self):
        return hash(self._name)

    def __eq__(self, other):
        if self is other:
            return True
        raise self._stop("is compared")

    def __ne__(self, other):
        return not self == other

    def __bool__(self):
        raise self._stop()

    def __setitem__(self, item, value):
        if STATE.stage != "import":
            raise self._stop("is changed")

    def __iter__(self):
        raise self._stop("is iterated over")

    def __len__(self):
        raise self._stop()


class Weights(Placeholder):
    """Trained weights that are not here: a model may load them, which changes no count, and nothing else may be done."""

    def _stop(self, why="is needed"):
        return stop("unsupported", f"{self._name} {why}, and weights are not here; build the model without them.")

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        raise self._stop(f"is asked for its {name}")

    def __getitem__(self, item):
        return Weights(f"{self._name}[{item!r}]")

    def get(self, item, default=None):
        return self[item]

    pop = get

    def copy(self):
        return self

    def __setitem__(self, item, value):
        pass

    def __delitem__(self, item):
        pass

    def items(self):
        raise self._stop("is gone through")

    keys = values = update = items


def _needed(name):
    def method(self, *args):
        raise self._stop()

    method.__name__ = name
    return method


for _name in [
    "add",
    "radd",
    "sub",
    "rsub",
    "mul",
    "rmul",
    "truediv",
    "rtruediv",
    "floordiv",
    "rfloordiv",
    "mod",
    "rmod",
    "pow",
    "rpow",
    "matmul",
    "rmatmul",
    "neg",
    "pos",
    "abs",
    "int",
    "float",
    "index",
    "lt",
    "le",
    "gt",
    "ge",
    "and",
    "rand",
    "xor",
    "contains",
]:
    setattr(Placeholder, f"__{_name}__", _needed(f"__{_name}__"))

_MADE = {}


def placeholder(name):
    """The placeholder of this name."""
    if name not in _MADE:
        _MADE[name] = Placeholder(name)
    return _MADE[name]


class PlaceholderModule(types.ModuleType):
    """A module of a library that is not here."""

    __path__ = ()

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        STATE.stub(f"{self.__name__}.{name}")
        return placeholder(f"{self.__name__}.{name}")


class Loader:
    """Makes placeholder modules."""

    def create_module(self, spec):
        return PlaceholderModule(spec.name)

    def exec_module(self, module):
        return None


def spec(name):
    """How the import system makes the placeholder of a module."""
    return importlib.machinery.ModuleSpec(name, Loader(), is_package=True)


def standard(name):
    """Whether a module is Python's own."""
    return name.split(".")[0] in sys.stdlib_module_names


def absent(module):
    """The `__getattr__` of a stand-in module: placeholders for what it has not."""

    def get(name):
        if name.startswith("__"):
            raise AttributeError(name)
        STATE.stub(f"{module}.{name}")
        return placeholder(f"{module}.{name}")

    return get


def given(package):
    """The `__getattr__` of a package of models: what the user's files hold of it, placeholders for the rest."""
    folder = package.replace(".", "/") + "/"
    rest = absent(package)

    def get(name):
        if not name.startswith("_"):
            for path in sorted(STATE.files):
                if path.startswith(folder) and "/" not in path[len(folder) :]:
                    module = importlib.import_module(f"{package}.{path[len(folder) : -3]}")
                    if name in vars(module):
                        return vars(module)[name]
        found = rest(name)
        STATE.hints[f"{package}.{name}"] = f" Give the file of {package} that defines it beside yours."
        return found

    return get
