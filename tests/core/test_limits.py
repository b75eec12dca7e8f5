"""Numbers that JSON clients would read rounded are refused by name, and exactness holds up to there."""

import gc
import time
import tracemalloc

import pytest

from paramcount import LimitError, NetworkReport, ParamcountError, derive, layer, limits, network


def test_totals_above_2_to_the_53_are_refused_by_name() -> None:
    with pytest.raises(LimitError, match=r"the number of parameters would be \d+, above 2\^53 - 1"):
        derive(layer("Linear(2147483647, 2147483647)"))
    with pytest.raises(LimitError, match="the bytes of the parameters in float32"):
        derive(layer("Linear(2147483647, 2000000)"))
    with pytest.raises(LimitError, match=r"FLOPs would be .* Leave the input's size out"):
        derive(layer("Conv2d(1000, 1000, 3)"), (1000, 2**20, 2**20))
    with pytest.raises(LimitError, match="the number of output elements"):
        derive(layer("ReLU()"), (2**30, 2**30))
    with pytest.raises(LimitError, match="the number of parameters"):
        derive(network("Linear(40000000, 40000000), " + "Linear(40000000, 40000000), " * 6))


def test_the_largest_total_is_exact() -> None:
    report = derive(layer("Linear(2147483647, 1048575, bias=False)"))
    assert report.to_dict()["total"] == 2147483647 * 1048575


def test_an_alternative_that_is_too_large_is_left_out() -> None:
    report = derive(layer("Conv2d(3, 8, 3)"), (3, 20000, 20000))
    answer = report.to_dict()
    assert answer["instead"] == {"depthwise_separable": 27 + 24 + 8}
    assert "macs" in answer


@pytest.mark.parametrize("size", [limits.MAX_SIZE + 1, 10**18, -(10**18)])
def test_sizes_are_bounded(size: int) -> None:
    with pytest.raises(ParamcountError, match="must be at"):
        layer({"kind": "linear", "in_features": size, "out_features": 1})
    with pytest.raises(ParamcountError, match="must be at"):
        derive(layer("ReLU()"), (size,))


def test_ranks_are_bounded() -> None:
    with pytest.raises(ParamcountError, match="at most 8 dimensions"):
        derive(layer("ReLU()"), (1,) * 9)


def test_a_long_network_is_linear() -> None:
    """Ten times the layers take about ten times as long; a quadratic step would take a hundred."""

    def seconds(length: int) -> float:
        text = "Conv2d(8, 8, 3, padding=1), ReLU(), " * (length // 2)
        best = []
        for _ in range(3):
            start = time.perf_counter()
            report = derive(network(text, input_shape=(8, 9, 9)))
            best.append(time.perf_counter() - start)
        assert isinstance(report, NetworkReport)
        assert report.totals.parameters.value == 584 * (length // 2)
        return min(best)

    assert seconds(10_000) < 40 * seconds(1_000)


def test_long_names_that_no_layer_has_are_not_kept() -> None:
    def ask(number: int) -> None:
        with pytest.raises(ParamcountError, match="is no layer paramcount knows"):
            network(f"Conv{number}{'x' * 200_000}(3)")

    ask(0)  # which imports whatever has a name
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for number in range(1, 41):
        ask(number)
    gc.collect()  # errors and their frames hold one another
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert after - before < 1_000_000, "of 40 names of 200,000 characters"
