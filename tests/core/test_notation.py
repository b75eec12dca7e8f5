"""The notation: what is read, and what every mistake is told."""

import pytest

from paramcount import (
    LimitError,
    NotationError,
    ParamcountError,
    SeveralErrors,
    UnknownNameError,
    layer,
    limits,
    network,
)
from paramcount.notation import Call, Name, read


def test_values() -> None:
    (call,) = read(
        "f(1, -2, 3.5, 1e-3, 'a', \"b\", True, None, (1, 2), [3], (4,), (5), x, k=g(7), n=2 * 3 + 4 // 3 % 5)"
    )
    assert isinstance(call, Call)
    assert call.args == (1, -2, 3.5, 1e-3, "a", "b", True, None, (1, 2), [3], (4,), 5, Name("x"))
    assert call.kwargs == {"k": Call("g", (7,), {}), "n": 7}


@pytest.mark.parametrize(
    "text",
    ["ReLU(), Tanh()", "ReLU()\nTanh()", "ReLU() Tanh()", "ReLU() -> Tanh()", "ReLU() → Tanh();", ", ReLU(),, Tanh(),"],
)
def test_layers_stand_side_by_side(text: str) -> None:
    assert [call.name for call in read(text) if isinstance(call, Call)] == ["ReLU", "Tanh"]


def test_arithmetic_binds_as_in_python() -> None:
    (call,) = read("f(2 + 3 * 4 - 5, (2 + 3) * 4, 17 // 5 * 2, 17 % 5 - 1, -2 * 3)")
    assert isinstance(call, Call)
    assert call.args == (9, 20, 6, 1, -6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Conv2d(3, 32, 3", "line 1, column 16: the text ends where ',' or ')' is expected."),
        ("Conv2d(3, 32, 3x3)", "line 1, column 15: '3x3' is not a number. Sizes are written (3, 3)."),
        ("Conv2d(3 32)", "line 1, column 10: '32' is not understood where ',' or ')' is expected."),
        ("ReLU()\nConv2d(3,\n 8, ?)", "line 3, column 5: '?' is not understood."),
        ("Conv2d(bias=False, 3)", "line 1, column 20: a positional argument follows a keyword argument."),
        ("Conv2d(a=1, a=2)", "line 1, column 13: 'a' is given twice."),
        ("Conv2d(*args)", "line 1, column 8: unpacking (* and **) cannot be read; write the arguments out."),
        ("Conv2d(2 ** 3, 1, 1)", "line 1, column 10: '**' is not supported; use + - * / // and %."),
        ("Conv2d(6 / 2, 1, 1)", "line 1, column 8: 6 / 2 gives 3.0, no whole number. Write 6 // 2."),
        ("Conv2d(6 / 0, 1, 1)", "line 1, column 8: division by zero."),
        ("Conv2d(6 // 0, 1, 1)", "line 1, column 8: division by zero."),
        ("Conv2d('a' * 3, 1, 1)", "line 1, column 8: '*' works on numbers, not on 'a'."),
        ("Conv2d(--3, 1, 1)", "line 1, column 9: one sign is enough."),
        ("3", "line 1, column 1: a layer is expected, such as Conv2d(3, 64, 3), not 3."),
        ("self.conv1 = Conv2d(3, 8, 3)", "'self.conv1' = … is an attribute"),
    ],
)
def test_mistakes_are_placed(text: str, message: str) -> None:
    with pytest.raises(NotationError) as caught:
        network(text)
    assert message in str(caught.value)


def test_a_name_that_nothing_has() -> None:
    with pytest.raises(UnknownNameError, match="'ReLU' names nothing that comes before"):
        network("ReLU")
    with pytest.raises(UnknownNameError, match=r"'steam' names nothing that comes before\. Did you mean stem\?"):
        network("stem = Conv2d(3, 8, 3), ReLU(), Conv2d(8, 8, 1)(steam)")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("f(" * 40, "more than 32 brackets are nested"),
        (f"f({'9' * 30})", "the number has 30 digits; at most 19 are read"),
        (f"f({'9' * 19} * {'9' * 19})", "the result has more than 19 digits"),
        (f"f({'a' * 300})", "the name has more than 200 characters"),
        ("[" * 33 + "]" * 33, "more than 32 brackets are nested"),
    ],
)
def test_bounds_are_named(text: str, message: str) -> None:
    with pytest.raises(LimitError, match=message):
        read(text)


def test_long_texts_and_many_layers_are_refused_before_work() -> None:
    with pytest.raises(LimitError, match=f"at most {limits.MAX_TEXT} are read"):
        read(" " * (limits.MAX_TEXT + 1))
    with pytest.raises(LimitError, match="more than 3 layers; at most 3 are read"):
        read("ReLU()," * 4, most=3)


def test_nothing_is_evaluated() -> None:
    with pytest.raises(ParamcountError, match="is no layer paramcount knows"):
        network("__import__('os')")
    with pytest.raises(ParamcountError):
        network("(lambda: 0)()")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Conv2D(3, 32, 3), Linear(3, 4)", "is spelt as in PyTorch"),
        ("foo.Conv2d(3, 32, 3)", "'foo.' is no known prefix"),
        ("Lineer(3, 4)", "Did you mean Linear?"),
        ("Linear(10)", "Where what flows in tells in_features, write Linear(out_features=10)."),
        ("Conv2d(8, 3, stride=2)", "write Conv2d(out_channels=8, kernel_size=3, stride=2)."),
        ("resnet-50(num_classes=10)", "Did you mean ResNet50 or resnet50?"),
        ("[64, 'M']", "a layer is expected, such as Conv2d(3, 64, 3), not 64."),
        ("conv2d(3, 4, 3)", "Did you mean Conv2d?"),
        ("nn.Dense(3)", "Dense"),
        ("Conv2d(3, 32)", "kernel_size must be given. The signature is Conv2d(in_channels, out_channels, kernel_size"),
        ("Conv2d(3, 32, 3, kernal=3)", "has no argument 'kernal'"),
        ("Conv2d(3, 32, 3, paddin=1)", "Did you mean padding"),
        ("Conv2d(3, 32, 3, in_channels=4)", "in_channels is given twice (3 and 4)"),
        ("ReLU(1, 2)", "takes at most 1 positional arguments, received 2"),
        ("Conv2d(3, w, 3)", "out_channels must be a literal, received w. Write its value."),
        ("Conv2d(3.0, 8, 3)", "in_channels must be a whole number, received 3.0"),
        ("Conv2d('3', 8, 3)", "in_channels must be a whole number, received '3'"),
        ("Conv2d(True, 8, 3)", "in_channels must be a whole number, received True"),
        ("Conv2d(3, 8, (3, 3, 3))", "must be one whole number or 2 of them (height, width), received (3, 3, 3)"),
        (
            "Conv2d(30, 64, 3, groups=4)",
            "groups=4 does not divide in_channels=30. Common divisors of the channels: 1, 2.",
        ),
        ("Conv2d(3, 8, 3, padding='same', stride=2)", "padding='same' needs stride 1 in PyTorch"),
        ("Conv2D(8, 3, padding=1)", "put ZeroPadding2D before the layer"),
        ("Conv2D(8, 3, activation='rleu')", "Did you mean relu"),
        ("ConvTranspose2d(4, 6, 3, output_padding=1)", "output_padding=1 must be below the stride and dilation"),
        ("MaxPool2d(3, padding=2)", "padding=2 along height is more than half of kernel_size=3"),
        ("Dropout(1.5)", "p must be a number from 0 to 1, received 1.5"),
        ("Dense(10, lora_rank=4)", "lora_rank adds weights that are not counted here yet"),
    ],
)
def test_every_error_names_the_rule_the_value_and_a_way_out(text: str, message: str) -> None:
    with pytest.raises(ParamcountError) as caught:
        network(text, input_shape=None)
    assert message in str(caught.value)


def test_all_mistakes_are_reported_together() -> None:
    with pytest.raises(SeveralErrors) as caught:
        network(
            ["Conv2d(3, 8, 0, stride=0)", "Lineer(3, 4)", "ReLU()", {"kind": "linear", "units": 3}, "f("],
            input_shape=[-1],
        )
    text = str(caught.value)
    assert text.startswith("7 mistakes:")
    for part in ("stride must be at least 1", "kernel_size", "Lineer", "'units'", "input_shape", "line 1, column 3"):
        assert part in text


def test_many_mistakes_are_cut() -> None:
    with pytest.raises(SeveralErrors) as caught:
        network(["Lineer(3, 4)"] * 30)
    assert str(caught.value).endswith("- and 10 more")
    with pytest.raises(SeveralErrors) as caught:
        network(["Lineer(3, 4)"] * 5000)
    assert str(caught.value).startswith("at least 40 mistakes:")


@pytest.mark.parametrize(
    "written",
    [
        {"kind": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": {"a": 1}},
        {"kind": "conv2d", "in_channels": 3, "out_channels": 8, "kernel_size": [[3, 3]]},
        {"kind": 5},
        {"layers": []},
        {"kind": "conv9d"},
        {"kind": "flatten", "name": "x" * 500},
        {"kind": "sequential"},
    ],
)
def test_objects_are_bounded(written: dict[str, object]) -> None:
    with pytest.raises(ParamcountError):
        network([written])


def test_names_are_unique_and_input_is_taken() -> None:
    with pytest.raises(ParamcountError, match="the name 'a' is taken"):
        network("a = ReLU(), a = ReLU()")
    with pytest.raises(ParamcountError, match="the name 'input' is taken"):
        network("input = ReLU()")


def test_one_layer_is_one_layer() -> None:
    with pytest.raises(NotationError, match="one layer is expected, 2 were given"):
        layer("ReLU(), ReLU()")
    with pytest.raises(NotationError, match="take input_shape out, and give it to"):
        layer("Conv2D(64, 3, input_shape=(28, 28, 1))")
    with pytest.raises(NotationError, match="one layer is expected, 0 were given"):
        layer("")
    with pytest.raises(ParamcountError, match="no layer was given"):
        network("")


def test_shapes_given_twice_must_agree() -> None:
    with pytest.raises(ParamcountError, match="but the layers declare"):
        network("Input(shape=(28, 28, 1)), Dense(3)", input_shape=(28, 28, 3))
    assert network("Input((28, 28, 1)), Dense(3)", input_shape=(28, 28, 1)).inputs == (("input", (28, 28, 1)),)
