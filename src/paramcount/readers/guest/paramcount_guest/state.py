"""The trace in the making, and the reasons for which a reading stops.

`Stop` is no `Exception`, so that a user's `except Exception` does not swallow it; what a bare `except` swallows is
found in `STATE.stops`, which the harness looks at after each stage. Unknown never becomes zero.
"""

import functools
import importlib
import sys

from paramcount.operations import OPERATIONS


class Stop(BaseException):
    """The reading cannot go on. `reason_class` is one of the trace's classes of reason."""

    def __init__(self, reason_class, reason):
        super().__init__(reason)
        self.reason_class = reason_class
        self.reason = reason


class State:
    """One reading: what was called with what, and where."""

    def __init__(self):
        self.stage = "import"
        self.files = frozenset()  # names of the user's files, as their code objects hold them
        self.texts = {}
        self.stops = []
        self.calls = []
        self.recording = False
        self.paused = 0
        self.values = 0
        self.scopes = [""]
        self.module_paths = {}  # id of a module → its path, known once the model is constructed
        self.kinds = {}  # path → class of torch.nn whose hyperparameters hold, or None
        self.beside = {}  # path → module as the trace has it, of layers that are made while a model of Keras runs
        self.tensor_paths = {}  # id of a parameter → "path.name"
        self.keep = []  # what must stay alive, since it is known by its id
        self.running = []  # modules whose forward runs, outermost first, with the shapes that went in
        self.stubbed = []
        self.warnings = []
        self.skipped = []
        self.left_out = []  # the statements of these, and the exceptions they raised
        self.absent_models = []  # models of libraries that are not here, made at a file's top level, and where
        self.given_models = []  # calls of what is not here that were given a model, and where
        self.limit = 400_000
        self.leaves = set()  # paths of modules that are recorded as one call
        self.hints = {}  # names of placeholders → what to do about it
        self.unbound = {}  # names that statements which were left out would have bound → why, and where
        self.failed = None  # an exception, and the module that raised it

    def skip(self, path, node, error):
        """Note a statement that failed and was left out, and the names that it would have bound."""
        from paramcount_guest import reasons

        file, line = reasons.place(error)
        line = line if file == path else node.lineno
        if len(self.skipped) >= 100:
            raise error
        row = {"file": path, "line": line, "text": reasons.line_of(path, line), "reason": reasons.reason(error)}
        self.skipped.append(row)
        self.left_out.append((node, error, (path, line)))
        for name in reasons.bound(node):
            self.unbound.setdefault(name, (error, (path, line)))

    def outside(self, module):
        """Note a module that is called without being part of the model."""
        own = sum([one.numel() for one in module._parameters.values() if one is not None])
        if own:
            self.warn(
                f"{type(module).__name__} is called but is not registered in the model, so its {own} parameters are "
                "not counted, as PyTorch does not count them."
            )

    def new_value(self):
        """A new value's number."""
        self.values += 1
        return self.values

    def warn(self, text):
        """Note something, once."""
        if text not in self.warnings and len(self.warnings) < 50:
            self.warnings.append(text)

    def stub(self, name):
        """Note the name of something that stands in for what is not here."""
        if name not in self.stubbed and len(self.stubbed) < 200:
            self.stubbed.append(name)


STATE = State()


def stop(reason_class, reason):
    """Make the exception that ends the reading, and note it in case somebody swallows it."""
    found = Stop(reason_class, reason)
    STATE.stops.append((found, location()))
    return found


def unsupported(name, why=""):
    """What exists in the real library, and has no rule here."""
    return stop("unsupported", f"{name} is not supported{': ' + why if why else ''}.")


def no_model(name, why):
    """A library's model that is not here; where a file makes it at its top level, no other is taken for it."""
    error = unsupported(name, why)
    if STATE.stage == "import":
        STATE.absent_models.append((error, location()))
    return error


def data_dependent(what):
    """A number is needed that only real data would tell."""
    return stop(
        "data-dependent",
        f"{what} needs the values of a tensor, which depend on the data; only shapes are known here.",
    )


def location():
    """The user's innermost file and line that is running, or (None, None)."""
    frame = sys._getframe(1)
    files = STATE.files
    while frame is not None:
        if frame.f_code.co_filename in files:
            return frame.f_code.co_filename, frame.f_lineno
        frame = frame.f_back
    return None, None


def located():
    """The same as a trace has it: [file, line], or None where no line of the user's is running."""
    file, line = location()
    return None if file is None else [file, line]


def record(op, module, inputs, attributes, results, shape, at, constants=False):
    """Write one call into the trace, unless it is about constants alone and multiplies nothing.

    `shape` tells a result's shape as a trace has it, `at` the line of the user's that runs.
    """
    if not constants and module is None and OPERATIONS[op].macs is None and all(["constant" in one for one in inputs]):
        return
    if len(STATE.calls) >= STATE.limit:
        raise stop("limit", f"more than {STATE.limit} operations are run.")
    outputs = []
    for result in results:
        result._id = STATE.new_value()
        outputs.append({"value": result._id, "shape": shape(result)})
    STATE.calls.append(
        {
            "op": op,
            "module": module,
            "scope": STATE.scopes[-1],
            "inputs": inputs,
            "attributes": attributes,
            "outputs": outputs,
            "at": at(),
        }
    )


@functools.cache
def table(name):
    """One of the committed tables about real torch."""
    return importlib.import_module(f"paramcount_guest.tables.{name}").TABLE


@functools.cache
def _names(module):
    """What real torch has in a module; None for a module whose names are not in the table."""
    held = table("names").get(module)
    return None if held is None else frozenset(held.split())


def exists(module, name):
    """Whether real torch has this name in this module; yes for a module whose names are not in the table."""
    names = _names(module)
    return names is None or name in names


class Unsupported(type):
    """The class of stand-ins for real names without a rule: calling one stops, `isinstance` of one is False."""

    def __call__(cls, *args, **kwargs):
        raise unsupported(cls.__qualified__)

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise unsupported(f"{cls.__qualified__}.{name}")

    def __getitem__(cls, item):
        raise unsupported(f"{cls.__qualified__}[…]")

    def __or__(cls, other):
        return cls

    __ror__ = __or__


def fallback(module):
    """The `__getattr__` of a stand-in module: no rule for a real name, no such name for any other."""
    made = {}

    def get(name):
        if name in made:
            return made[name]
        if name.startswith("__") or not exists(module, name):
            raise AttributeError(f"module '{module}' has no attribute '{name}'")
        made[name] = Unsupported(name, (), {"__qualified__": f"{module}.{name}", "__module__": module})
        return made[name]

    return get
