"""Keras's wrappers: Bidirectional runs a recurrent layer both ways, TimeDistributed a layer at each time step.

Bidirectional has twice the parameters of its layer, TimeDistributed as many: the weights are shared by all steps.
Source: keras.layers.Bidirectional, keras.layers.TimeDistributed.
"""

from typing import Annotated, Self, override

from pydantic import BeforeValidator, model_validator

from paramcount.errors import MissingError, ShapeError, shown
from paramcount.expression import Product, Quantity, Sum
from paramcount.layers.base import Derivation, Example, Kind, Layer, Reach, Step, Window
from paramcount.layers.common import KERAS_LAYER, keras_name
from paramcount.layers.composite import within
from paramcount.layers.conv_lstm import ConvLSTM
from paramcount.layers.fields import refuse
from paramcount.layers.keras_recurrent import InTime
from paramcount.shapes import Shape, text
from paramcount.signature import Parameter, Signature, ignored

MERGE_MODES = ("concat", "sum", "mul", "ave", None)


def _merge_mode(value: object) -> str | None:
    if value not in MERGE_MODES:
        raise refuse(f"must be one of {', '.join(map(repr, MERGE_MODES))}, received {shown(value)}.")
    return None if value is None else str(value)


class Bidirectional(Layer):
    """A recurrent layer that runs both ways: (T, features) → (2 × units)."""

    layer: Layer
    merge_mode: Annotated[str | None, BeforeValidator(_merge_mode)] = "concat"
    backward_layer: Layer | None = None

    @model_validator(mode="after")
    def _rules(self) -> Self:
        ways = [recurrent(one, name) for name, one in self._given()]
        if len(ways) == 1 and ways[0].go_backwards:
            raise refuse("layer must run forwards: leave go_backwards out, the other way is made of it.")
        if len(ways) == 2:
            forward, backward = ways
            if forward.go_backwards == backward.go_backwards:
                raise refuse("backward_layer must run the other way: give it go_backwards=True.")
            if forward.return_sequences != backward.return_sequences or forward.return_state != backward.return_state:
                raise refuse("both layers must have the same return_sequences and return_state.")
        return self

    def _given(self) -> list[tuple[str, Layer]]:
        given = [("layer", self.layer)]
        return given if self.backward_layer is None else [*given, ("backward_layer", self.backward_layer)]

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        forward = self.layer.derive(inputs)
        backward = forward if self.backward_layer is None else self.backward_layer.derive(inputs)
        own = keras_name(self.layer)
        other = f"backward_{own}" if self.backward_layer is None else keras_name(self.backward_layer)
        one = Quantity("forward", forward.parameters.value, forward.parameters)
        two = Quantity("backward", backward.parameters.value, backward.parameters)
        total = Sum((one, two))
        macs = None
        if forward.macs is not None and backward.macs is not None:
            macs = Sum(
                (
                    Quantity("forward", forward.macs.value, forward.macs),
                    Quantity("backward", backward.macs.value, backward.macs),
                )
            )
        states = (*forward.more_outputs, *backward.more_outputs)
        output, beside = self._merged(forward.output_shape, backward.output_shape)
        return Derivation(
            layer=self,
            parameters=total,
            tensors=(
                *within(self, f"forward_{own}/", forward.tensors),
                *within(self, f"{other}/", backward.tensors),
            ),
            output_shape=output,
            more_outputs=(*beside, *states),
            macs=macs,
            steps=(
                *(Step(f"{step.name}, one direction", step.expression) for step in forward.steps[:-1]),
                Step("total", total),
                *((Step("MACs", macs),) if macs is not None else ()),
            ),
            notes=forward.notes,
            reach="all",
        )

    def _merged(self, one: Shape | None, two: Shape | None) -> tuple[Shape | None, tuple[Shape | None, ...]]:
        """What both directions give, merged; without a merge mode the second stands beside the first.

        Raises:
            ShapeError: they cannot be merged.
        """
        if self.merge_mode is None:
            return one, (two,)
        if one is None or two is None:
            return None, ()
        if self.merge_mode == "concat":
            left, right = one[-1], two[-1]
            return (*one[:-1], None if left is None or right is None else left + right), ()
        if one != two:
            raise ShapeError(
                f"merge_mode={self.merge_mode!r} needs the same shape both ways; {text(one)}, {text(two)}."
            )
        return one, ()


def recurrent(layer: Layer, name: str) -> InTime | ConvLSTM:
    """Check that a layer is recurrent.

    Raises:
        PydanticCustomError: it is not.
    """
    if not isinstance(layer, InTime | ConvLSTM):
        raise refuse(f"{name} must be a recurrent layer, such as LSTM(8); received {layer}.")
    return layer


class TimeDistributed(Layer):
    """A layer at each time step: (T, …) → (T, …)."""

    layer: Layer

    @model_validator(mode="after")
    def _rules(self) -> Self:
        if getattr(self.layer, "return_state", False):
            raise refuse("layer must give one output: leave return_state out.")
        return self

    @override
    def derive(self, inputs: tuple[Shape | None, ...]) -> Derivation:
        (shape,) = inputs
        if shape is None:
            raise MissingError("what flows in is not known. Give input_shape.")
        if len(shape) < 2:
            raise ShapeError(f"takes [time steps, …], at least 2 dimensions without the batch; {text(shape)} flows in.")
        made = self.layer.derive((shape[1:],))
        macs = None
        if shape[0] is not None and made.macs is not None:
            macs = Product((Quantity("time_steps", shape[0]), Quantity("each_step", made.macs.value, made.macs)))
        inner = [step for step in made.steps if step.expression is not made.macs]
        return Derivation(
            layer=self,
            parameters=made.parameters,
            tensors=within(self, f"{keras_name(self.layer)}/", made.tensors),
            output_shape=None if made.output_shape is None else (shape[0], *made.output_shape),
            macs=macs,
            steps=(*inner, *((Step("MACs", macs),) if macs is not None and macs.value else ())),
            notes=("All time steps share the weights.", *made.notes) if made.tensors else made.notes,
            reach=_at_each_step(made.reach),
        )


def _at_each_step(reach: Reach) -> Reach:
    if reach == "all":
        return "unknown"
    return reach if isinstance(reach, str) else (Window(), *reach)


_KERAS = "keras 3.15.1"

KINDS = (
    Kind(
        "bidirectional",
        "A recurrent layer both ways: (T, features) → (2 × units).",
        Bidirectional,
        keras=Signature(
            ("Bidirectional",),
            (
                Parameter("layer", "layer", layer=True),
                Parameter("merge_mode", "merge_mode", "concat"),
                *ignored("weights"),
                Parameter("backward_layer", "backward_layer", None, layer=True),
                *KERAS_LAYER,
            ),
        ),
        examples=(
            Example("Bidirectional(LSTM(8, return_sequences=True))", 768, _KERAS, (6, 3), (6, 16)),
            Example('Bidirectional(GRU(9), merge_mode="sum")', 864, _KERAS, (6, 5), (9,)),
        ),
    ),
    Kind(
        "timedistributed",
        "A layer at each time step: (T, …) → (T, …).",
        TimeDistributed,
        keras=Signature(("TimeDistributed",), (Parameter("layer", "layer", layer=True), *KERAS_LAYER)),
        examples=(Example("TimeDistributed(Conv2D(4, 3))", 76, _KERAS, (3, 8, 8, 2), (3, 6, 6, 4)),),
    ),
)
