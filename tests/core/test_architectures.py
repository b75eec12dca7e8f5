"""The catalogue against the frameworks' own counts, as they are built and in changed forms.

Run `python -m tests.core.test_architectures` to print both tables, network by network.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from paramcount import NetworkReport, ParamcountError, derive, network
from paramcount.architectures import catalogue
from paramcount.architectures.base import Architecture
from tests.conftest import table

TORCHVISION = table("torchvision.json")
KERAS = table("keras_applications.json")["models"]
TEXTBOOK = table("textbook_networks.json")["cases"]
VARIANTS = [case for name in ("torchvision", "keras") for case in table(f"{name}_variants.json")["cases"]]

# What cannot be run at once: the convolutional networks are all others.
ATTEND = ("vit", "swin", "maxvit")
KINDS = ("classification", "segmentation", "video")

Figures = dict[str, Any]


def report_of(call: str, shape: Sequence[int | None] | None = None) -> NetworkReport:
    return derive(network(call, input_shape=shape))


def figures(report: NetworkReport, names: Sequence[str]) -> Figures:
    """Those of a report's totals that are asked for, by the names of the tables."""
    totals = report.totals
    known: Figures = {
        "total": totals.parameters.value,
        "trainable": totals.trainable.value,
        "non_trainable": totals.non_trainable.value,
        "buffers": totals.buffers.value,
        "macs": None if totals.macs is None else totals.macs.value,
        "output_shape": None if report.output_shape is None else list(report.output_shape),
    }
    return {name: known[name] for name in names}


def children(report: NetworkReport) -> dict[str, int]:
    """Parameters by the first part of the layers' names."""
    counted: Counter[str] = Counter()
    for row in report.rows:
        counted[row.name.split(".")[0]] += row.repeat * row.parameters
    return {name: count for name, count in counted.items() if count}


def torchvision_pairs(name: str) -> tuple[Figures, Figures]:
    """What torchvision has for a network, and what the catalogue has."""
    case = TORCHVISION["models"][name]
    expected = {key: case[key] for key in ("total", "trainable", "buffers")}
    report = report_of(f"{name}()", case.get("input_size") or catalogue()[name].input_shape)
    found = figures(report, list(expected))
    if "macs" in case:
        expected |= {"reference MACs": case["flops_half" if name.startswith(ATTEND) else "macs"]}
        expected |= {"half of the FLOPs": case["flops_half"]}
        macs = figures(report, ["macs"])["macs"]
        found |= {"reference MACs": macs, "half of the FLOPs": macs}
    if case["kind"] != "classification":
        beside = [other.call for other in catalogue()[name].variant.beside]
        published = report_of((beside or [f"{name}()"])[0], catalogue()[name].input_shape).totals
        assert published.macs is not None
        expected["published"] = case["published"]
        found["published"] = {
            "parameters": published.parameters.value,
            "gmacs": round(published.macs.value / 10**9, 3),
        }
    expected["children"] = {child: count for child, count in case["children"].items() if count}
    found["children"] = children(report)
    found["children"].pop("class_token", None)  # the network's own, and no child's
    return expected, found


def keras_pairs(name: str) -> tuple[Figures, Figures]:
    """What keras.applications has for a network, with and without its top, and what the catalogue has."""
    case = KERAS[name]
    bare = case["include_top_false"]
    keys = ("total", "trainable", "non_trainable", "output_shape")
    bare_keys = [key for key in keys if key in bare]
    sized = None if None in case["input_shape"] else case["input_shape"]
    bare_sized = None if None in bare["output_shape"] else case["input_shape"]
    found = figures(report_of(f"{name}()", sized), keys)
    found |= {f"{key}, no top": value
              for key, value in figures(report_of(f"{name}(include_top=False)", bare_sized), bare_keys).items()}  # fmt: skip
    return {key: case[key] for key in keys} | {f"{key}, no top": bare[key] for key in bare_keys}, found


def variant_pairs(case: Figures) -> tuple[Figures, Figures]:
    """What a framework has for a changed form, and what the catalogue has."""
    keys = [key for key in case if key not in ("call", "input_shape", "source")]
    return {key: case[key] for key in keys}, figures(report_of(case["call"], case["input_shape"]), keys)


def named(kinds: Sequence[str]) -> list[str]:
    """Torchvision's networks of these kinds, but those for video that attend."""
    models = TORCHVISION["models"].items()
    return [name for name, case in models if case["kind"] in kinds and not name.startswith(("swin3d", "mvit"))]


@pytest.mark.parametrize("name", named(KINDS))
def test_torchvision(name: str) -> None:
    expected, found = torchvision_pairs(name)
    assert found == expected


@pytest.mark.parametrize("case", TORCHVISION["other_sizes"], ids=lambda case: f"{case['name']} {case['input_size'][1]}")
def test_torchvision_at_other_sizes(case: Figures) -> None:
    side = case["input_size"][1]
    call = f"{case['name']}(image_size={side})" if case["name"].startswith("vit") else f"{case['name']}()"
    assert figures(report_of(call, case["input_size"]), ["macs"]) == {"macs": case["flops_half"]}


@pytest.mark.parametrize("name", KERAS)
def test_keras(name: str) -> None:
    expected, found = keras_pairs(name)
    assert found == expected


@pytest.mark.parametrize("case", VARIANTS, ids=lambda case: case["call"])
def test_changed_forms(case: Figures) -> None:
    expected, found = variant_pairs(case)
    assert found == expected


@pytest.mark.parametrize("case", TEXTBOOK, ids=lambda case: case["call"])
def test_textbook_networks(case: Figures) -> None:
    expected, found = variant_pairs(case)
    assert found == expected


def test_the_tables_hold_what_they_held() -> None:
    """A table that lost its cases would agree with anything."""
    assert [len(named([kind])) for kind in KINDS] == [80, 6, 4]
    assert len(KERAS) == 40
    assert len(VARIANTS) >= 200
    assert sum("macs" in case for case in VARIANTS) >= 180
    assert set(named(KINDS)) | set(KERAS) <= set(catalogue())


@pytest.mark.parametrize("one", catalogue().values(), ids=lambda one: one.name)
def test_every_network_is_vouched_for(one: Architecture) -> None:
    """Its count is the builder's own, it is told from where, and every builder takes the same three arguments."""
    assert report_of(f"{one.name}()", one.input_shape).totals.parameters.value == one.total
    assert one.source.count("; ") == 1
    in_a_table = one.name in KERAS or one.name in TORCHVISION["models"]
    assert in_a_table or any(case["call"] == f"{one.name}()" for case in TEXTBOOK)
    taken = report_of(f"{one.name}(num_classes=7, in_channels={one.channels}, include_top=True)", one.input_shape)
    assert taken.totals.parameters.value != one.total
    bare = report_of(f"{one.name}(include_top=False)", one.input_shape)
    assert 0 < bare.totals.parameters.value < one.total


def show(title: str, names: Sequence[str], pairs: Callable[[str], tuple[Figures, Figures]]) -> None:
    """Print expected and found figures of each network, and how many agree."""
    agree = 0
    print(f"\n{title}")
    for name in names:
        try:
            expected, found = pairs(name)
        except ParamcountError as error:
            print(f"{name:34} DISAGREES: {error}")
            continue
        off = {key: (expected[key], found[key]) for key in expected if found[key] != expected[key]}
        agree += not off
        shown = "  ".join(f"{key} {value:,}" for key, value in found.items() if isinstance(value, int))
        print(f"{name:34} {f'DISAGREES {off}' if off else 'agrees'}  {shown}")
    print(f"{'all':34} {agree} of {len(names)} agree")


def main() -> None:
    """Print the tables."""
    for kind in KINDS:
        show(f"torchvision, {kind}", named([kind]), torchvision_pairs)
    show("keras.applications", list(KERAS), keras_pairs)
    by_call = {case["call"]: case for case in (*TEXTBOOK, *VARIANTS)}
    show("textbook networks", [case["call"] for case in TEXTBOOK], lambda call: variant_pairs(by_call[call]))
    agree = sum(expected == found for expected, found in map(variant_pairs, VARIANTS))
    print(f"\nchanged forms: {agree} of {len(VARIANTS)} agree")


if __name__ == "__main__":
    main()
