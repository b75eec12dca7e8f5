"""Short ways to an answer: they change nothing but the time.

    python -m tests.server.test_shortcuts 100000

compares so many random calls with what the rules answer.
"""

import itertools
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client

from paramcount import ParamcountError
from paramcount_mcp import build_server, limits
from paramcount_mcp.forms import Forms
from paramcount_mcp.tool import Answer, Tool
from paramcount_mcp.tools import tools
from tests.server.conftest import Era, talk, text_of

CONV = tools()["conv_layer_params"]
SIZES = (1, 2, 3, 5, 7, 11, 13, 31, 32, 64, 97, 224, 512, 1009, 65_537, 2**31 - 1, 2**31, 10**30, 0, -3)
IN_EACH = 14
"""Calls that differ in their numbers only."""


def structures(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Convolutions without the numbers that may differ."""
    while True:
        dims = rng.choice((1, 2, 2, 2, 3))

        def several(least: int, most: int, dims: int = dims) -> int | list[int]:
            whole = dims == 2 and rng.random() < 0.6
            return rng.randint(least, most) if whole else [rng.randint(least, most) for _ in range(dims)]

        framework = rng.choice(("pytorch", "pytorch", "keras"))
        words = ("same", "valid") if framework == "pytorch" else ("same", "valid", "causal", "SAME")
        optional: dict[str, Any] = {
            "stride": several(1, 3),
            "padding": rng.choice((several(0, 3), *words)) if framework == "pytorch" else rng.choice(words),
            "dilation": several(1, 3),
            "groups": rng.choice((1, 2, 3, 4, 8)),
            "bias": rng.choice((True, False, "false")),
        }
        shown = {name: value for name, value in optional.items() if rng.random() < 0.35}
        transposed = {"transposed": True} if rng.random() < 0.3 else {}
        yield {"kernel_size": several(1, 7), **shown, **transposed, "framework": framework, "dims": dims}


def filled(structure: dict[str, Any], form: tuple[str, ...], rng: random.Random) -> dict[str, Any]:
    """A structure with numbers."""
    arguments = dict(structure)
    dims, groups = arguments.pop("dims"), arguments.get("groups", 1)

    def channels() -> int:
        return rng.choice(SIZES) if rng.random() < 0.1 else groups * rng.randint(1, 300)

    def size() -> int:
        return rng.choice(SIZES) if rng.random() < 0.1 else rng.randint(5, 300)

    named = {"synonyms": ("channels", "filters"), "letters": ("c", "k")}.get(form[0], ("in_channels", "out_channels"))
    arguments |= {named[0]: channels(), named[1]: channels()}
    if form[0] == "letters":
        arguments["f"] = arguments.pop("kernel_size")
    if "square" in form:
        arguments["input_size"] = size()
    if "sizes" in form:
        arguments["input_size"] = [size()] * dims if rng.random() < 0.3 else [size() for _ in range(dims)]
    if "expected" in form:
        arguments["expected"] = guess(arguments, rng)
    return arguments


def guess(arguments: dict[str, Any], rng: random.Random) -> int:
    """What somebody could expect: the right number, one that a slip leads to, any."""
    answer = rules(arguments)
    if answer is None:
        return rng.randint(1, 10**6)
    found, filters = answer["structuredContent"], answer["structuredContent"]["filters"]
    total = found["total"]
    near = (total, total - filters, total - filters + 1, total + filters, 4 * total, found.get("macs", 7))
    return rng.choice([one for one in near if 0 <= one < 2**53])


def rules(arguments: dict[str, Any]) -> dict[str, Any] | None:
    """What the rules answer, on the wire; None where they refuse."""
    try:
        result = CONV.answer(arguments).result()
    except ParamcountError:
        return None
    return result.model_dump(mode="json", by_alias=True, exclude_none=True)


FORMS = (
    ("",),
    ("", "square"),
    ("", "sizes"),
    ("", "sizes"),
    ("synonyms", "sizes"),
    ("letters",),
    ("", "sizes", "expected"),
)


async def compared(calls: int, seed: int) -> Counter[str]:
    """Answer random calls on the short way and by the rules."""
    rng = random.Random(seed)  # noqa: S311 - no secret
    forms = Forms()
    found = Counter[str]()
    for structure in itertools.islice(structures(rng), calls // IN_EACH):
        form = rng.choice(FORMS)
        for _ in range(IN_EACH):
            arguments = filled(structure, form, rng)
            expected = rules(arguments)
            call = forms.of(CONV, arguments, "2026-07-28")
            assert call is not None
            short = call.filled()
            if short is not None:
                assert json.dumps(short) == json.dumps(expected), arguments
            elif expected is not None:
                made = len(call.alike.forms)
                await forms.learn(call, expected)
                found["learnt"] += len(call.alike.forms) - made
            found["refused" if expected is None else "by the rules" if short is None else "short"] += 1
    return found


@pytest.mark.parametrize("seed", range(2))
def test_a_short_way_leads_to_the_answer_of_the_rules(seed: int) -> None:
    found = anyio.run(compared, 4_000, seed)
    assert found["short"] > 1_000
    assert found["refused"] > 200
    assert found["learnt"] > 200


def test_calls_with_other_numbers_each_time_are_answered_alike(era: Era) -> None:
    calls = [{"in_channels": 1 + n, "out_channels": 8, "kernel_size": 3, "input_size": [9 + n, 7]} for n in range(30)]
    calls += [{**calls[0], "input_size": [2, 2]}, {**calls[0], "in_channels": 0}, {**calls[0], "stride": 2}]

    async def ask(client: Client) -> list[tuple[bool | None, str, Any]]:
        results = [await client.call_tool("conv_layer_params", one) for one in calls]
        return [(result.is_error, text_of(result), result.structured_content) for result in results]

    for arguments, (failed, text, structure) in zip(calls, talk(era, ask), strict=True):
        expected = rules(arguments)
        assert failed is (expected is None)
        if expected is not None:
            assert (text, structure) == (expected["content"][0]["text"], expected["structuredContent"])


def learnt(tool: Tool, arguments: dict[str, Any]) -> int:
    """How many forms are made of a call that comes again and again."""

    async def learn() -> int:
        forms = Forms()
        wire = tool.answer(arguments).result().model_dump(mode="json", by_alias=True, exclude_none=True)
        call = forms.of(tool, arguments, "2026-07-28")
        assert call is not None
        for _ in range(2 * limits.FORMS_AFTER):
            await forms.learn(call, wire)
        return len(call.alike.forms)

    return anyio.run(learn)


ARGUMENTS = {"in_channels": 3, "out_channels": 8, "kernel_size": 3}


def test_a_rule_that_takes_a_number_for_something_else_is_asked_each_time() -> None:
    def answer(arguments: Any) -> Answer:
        real = isinstance(arguments["in_channels"], int)
        return CONV.answer({**arguments, "bias": real})

    assert learnt(CONV, ARGUMENTS) > 0
    assert learnt(replace(CONV, answer=answer), ARGUMENTS) == 0


def test_what_a_form_is_not_made_of() -> None:
    forms = Forms()
    assert forms.of(CONV, {"kernel_size": 3}, "") is None
    assert forms.of(CONV, {"in_channels": "3", "out_channels": True, "input_size": [8, "8"]}, "") is None
    assert forms.of(CONV, {"in_channels": 3, "padding": "x" * limits.RECENT_ARGUMENTS}, "") is None
    assert forms.of(CONV, {"in_channels": 3, "stride": 10**5000}, "") is None
    assert forms.of(CONV, {"in_channels": 3} | {str(n): n for n in range(limits.QUICK_ARGUMENTS)}, "") is None
    assert forms.of(tools()["network_params"], {"layers": "Linear(3, 4)", "expected": 16}, "") is None


def test_calls_of_different_structure_have_different_keys() -> None:
    forms = Forms()
    different: list[dict[str, Any]] = [
        {"in_channels": 3},
        {"out_channels": 3},
        {"in_channels": [3]},
        {"in_channels": [3], "bias": True},
        {"in_channels": [3], "bias": 1},
        {"in_channels": [3], "bias": "True"},
        {"in_channels": 3, "padding": "same"},
        {"in_channels": 3, "padding": "'same'"},
        {"in_channels": 3, "padding": ["same"]},
    ]
    calls = [forms.of(CONV, one, version) for one in different for version in ("2025-11-25", "2026-07-28")]
    assert len({id(call.alike) for call in calls if call is not None}) == len(calls)


def test_a_file_is_read_again_for_each_call(tmp_path: Path) -> None:
    source = tmp_path / "net.txt"

    async def ask() -> list[str]:
        texts: list[str] = []
        async with Client(build_server(roots=(tmp_path,))) as client:
            for out in (4, 5):
                source.write_text(f"Sequential(\n  (0): Linear(in_features=3, out_features={out}, bias=True)\n)\n")
                texts.append(text_of(await client.call_tool("read_model", {"path": str(source)})))
        return texts

    first, second = anyio.run(ask)
    assert "16 parameters" in first
    assert "20 parameters" in second


if __name__ == "__main__":
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    print(f"{asked:,} calls, each as the rules answer it: {dict(anyio.run(compared, asked, 2026))}")
