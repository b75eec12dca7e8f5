"""What a reading found, as the trace tells it."""

import contextlib
import inspect

from torch import _dispatch, _types
from torch._grad import no_grad
from torch.nn.modules._calls import tensors_in
from torch.nn.modules.module import Module

from paramcount_guest import keras_models as keras
from paramcount_guest import placeholders, summary
from paramcount_guest.reasons import cause_of, class_of, line_of, place, reason
from paramcount_guest.state import STATE, Stop


class Ended(Exception):
    """A stage ended the reading; the trace says why."""


class Trace:
    """The trace in the making."""

    def __init__(self):
        self.entry = None
        self.candidates = []
        self.modules = []
        self.model = None
        self.stopped = None
        self.inputs = []
        self.outputs = []
        self.done = "failed"

    @contextlib.contextmanager
    def stage(self, name):
        """What goes wrong inside is what stopped the reading; also what the source swallowed."""
        STATE.stage = name
        before = len(STATE.stops)
        try:
            yield
            if len(STATE.stops) > before:
                self._stop(name, STATE.stops[before][0], STATE.stops[before][1])
        except Ended:
            raise
        except BaseException as error:
            if len(STATE.stops) > before and not isinstance(error, Stop):
                self._stop(name, STATE.stops[before][0], STATE.stops[before][1])
            self._stop(name, error, place(error))

    def _stop(self, stage, error, where):
        self.explain(stage, error, where)
        raise Ended from None

    def explain(self, stage, error, where):
        """Note why there is no answer, or only a part of one."""
        cause = cause_of(error)
        for _ in range(20):  # a name that is missing because a statement before was left out, and so on
            if cause is None:
                break
            stage, error, where = "import", *cause
            cause = cause_of(error)
        file, line = where
        failed = STATE.failed[1] if STATE.failed is not None and STATE.failed[0] is error else (None, None, None)
        self.stopped = {
            "stage": stage, "class": class_of(error), "reason": reason(error), "module": failed[0],
            "kind": failed[1], "input_shape": failed[2], "file": file, "line": line, "text": line_of(file, line),
        }  # fmt: skip

    framework = "pytorch"
    declared = False
    """Whether the source itself tells the shapes of what flows in."""

    def build(self, model, shapes=None):
        """Take the constructed model down; a layer of Keras has its weights only where it is known what flows in."""
        if keras.is_layer(model):
            self._build_keras(model, shapes)
            return
        if isinstance(model, placeholders.Placeholder):
            raise model._stop("is the model")
        if not isinstance(model, Module):
            raise TypeError(f"{self.entry['text']} gives {type(model).__name__}, not an nn.Module.")
        self.model = model
        self.entry["class"] = type(model).__name__
        model.eval()
        self.modules, lazy = summary.summarise(model)
        self.done = "params_only"
        if lazy:
            self.lazy = lazy
            self.done = "failed"

    def _build_keras(self, model, shapes):
        self.framework = "keras"
        self.entry["class"] = type(model).__name__
        self.reading = keras.reading(model)
        missing = self.reading.build(shapes)
        if missing is not None:
            raise ValueError(
                f"The weights of Keras's layers depend on what flows in, and {missing.name} ({type(missing).__name__}) "
                "has none yet. Give input_shape, the batch left out."
            )
        self.modules = self.reading.modules
        self.declared = self.reading.flowing(shapes) is not None
        self.done = "params_only"

    lazy = ()
    reading = None

    def run(self, shapes, dtypes):
        """Run the model on inputs of these shapes, a batch of one in front."""
        if self.reading is not None:
            self._run_keras(shapes)
            return
        if self.lazy:
            with no_grad():
                self.model(*self._inputs(shapes, dtypes))
            self._again()
            if self.lazy:
                raise RuntimeError(f"{self.lazy[0]} is a lazy module that the first input does not reach.")
            self.done = "params_only"
        try:
            self._forward(self._inputs(shapes, dtypes))
        except (RuntimeError, IndexError) as error:
            if dtypes is not None or not _asks_for_whole(error):
                raise
            dtypes = self._whole(len(shapes), shapes)
        self._grown(shapes, dtypes)
        self.done = "full"

    def _whole(self, count, shapes):
        """Run the model again with one input of whole numbers, or with all of them: the types that it took."""
        one = [["int64" if place == index else "float32" for place in range(count)] for index in range(count)]
        tried = one[:4] + ([["int64"] * count] if count > 1 else [])
        for dtypes in tried:
            STATE.calls.clear()
            try:
                self._forward(self._inputs(shapes, dtypes))
            except (RuntimeError, IndexError) as error:
                if dtypes is tried[-1] or not _asks_for_whole(error):
                    raise
            else:
                which = f"Input {dtypes.index('int64') + 1}" if count > 1 else "The input"
                whole = "Every input" if count > 1 and "float32" not in dtypes else which
                STATE.warn(f"{whole} is a tensor of whole numbers, as an embedding or an index needs.")
                break
        return dtypes

    def _grown(self, shapes, dtypes):
        """Take the model down anew where running it gave it parameters, as it would in PyTorch."""
        before = {f"{one['path']}.{row['name']}" for one in self.modules for row in one["parameters"]}
        own = {f"{path}.{name}" for path, one in self.model.named_modules() for name in one._parameters
               if one._parameters[name] is not None}  # fmt: skip
        if own <= before:
            return
        more = sorted(name.strip(".") for name in own - before)
        STATE.warn(f"forward itself makes {', '.join(more[:6])}{' and more' if len(more) > 6 else ''}: counted here, "
                   "and not before the model has run once.")  # fmt: skip
        self._again()
        self._forward(self._inputs(shapes, dtypes))

    def _again(self):
        """Take the model down once more, and forget what it did."""
        STATE.calls.clear()
        STATE.module_paths.clear()
        STATE.leaves.clear()
        STATE.warnings = [one for one in STATE.warnings if "is not registered in the model" not in one]
        self.modules, self.lazy = summary.summarise(self.model)

    def _run_keras(self, shapes):
        STATE.failed = None
        one = self.reading
        try:
            one.run(shapes)
            self.done = "full"
        except BaseException:
            if one.untracked():
                self.done = "failed"
            raise
        finally:
            self.modules = one.modules
            self.inputs, self.outputs = one.inputs, one.outputs
            self.input_shapes, self.output_shapes = one.input_shapes, one.output_shapes

    def _inputs(self, shapes, dtypes):
        names = dtypes or ["float32"] * len(shapes)
        return [_dispatch.make((1, *shape), _types.DTYPES[name]) for shape, name in zip(shapes, names)]

    def _forward(self, inputs):
        STATE.failed = None
        for one in inputs:
            one._id = STATE.new_value()
        self.inputs = [one._id for one in inputs]
        self.input_shapes = [list(one.shape) for one in inputs]
        self._takes(len(inputs))
        STATE.recording = True
        try:
            result = self.model(*inputs)
        finally:
            STATE.recording = False
        found = tensors_in(list(_spread(result)))
        self.outputs = [_dispatch.flowing(one) for one in found]
        self.output_shapes = [list(one.shape) for one in found]
        if not found:
            raise TypeError(f"forward gives {type(result).__name__}, in which there is no tensor.")

    def _takes(self, count):
        """Refuse another number of inputs than `forward` takes."""
        forward = type(self.model).forward
        if type(self.model).__call__ is not Module.__call__ or "forward" in self.model.__dict__:
            return
        try:
            inspect.signature(forward).bind(self.model, *[None] * count)
        except TypeError:
            names = [str(one) for one in list(inspect.signature(forward).parameters.values())[1:]]
            raise TypeError(
                f"forward takes {', '.join(names) or 'nothing'}; {'1 input shape was' if count == 1 else f'{count} input shapes were'} given. Give "
                "a shape for each of what it needs, in this order."
            ) from None

    input_shapes = output_shapes = ()

    def finished(self):
        """The trace as one JSON object."""
        if self.lazy and self.stopped is None:
            self.stopped = {
                "stage": "construct", "class": "user error", "module": self.lazy[0], "file": None, "line": None,
                "text": None, "input_shape": None, "kind": None,
                "reason": "It has lazy layers, whose sizes the first input tells. Give input_shape.",
            }  # fmt: skip
        return {
            "version": 1,
            "framework": self.framework,
            "entry": self.entry,
            "completeness": self.done,
            "modules": [] if self.lazy else self.modules,
            "calls": STATE.calls if self.done != "failed" else [],
            "inputs": self.inputs,
            "input_shapes": list(self.input_shapes),
            "outputs": self.outputs,
            "output_shapes": list(self.output_shapes),
            "stopped": self.stopped,
            "candidates": self.candidates,
            "skipped": STATE.skipped,
            "stubbed": STATE.stubbed,
            "warnings": STATE.warnings,
        }


def _asks_for_whole(error):
    """Whether a model failed since an input that is an index was not made of whole numbers."""
    return any(
        text in str(error)
        for text in ("'indices' to have one of the following scalar types", "used as indices must be long, int")
    )


def _spread(result):
    """What forward gave, with the fields of an object that holds tensors."""
    if hasattr(result, "__dict__") and not tensors_in(result):
        yield from vars(result).values()
    else:
        yield result
