"""Repetition, and graphs with branches, beside plain networks of as many layers.

python -m tests.benchmarks.graphs
"""

from functools import partial

from paramcount import derive, network
from tests.benchmarks.parse import timed
from tests.benchmarks.tables import show

BODY = "Conv2d(8, 8, 3, padding=1), BatchNorm2d(8), ReLU()"


def _answer(text: str, *, receptive_field: bool = False) -> object:
    made = network(text, input_shape=(8, 31, 29))
    return derive(made, receptive_field=receptive_field).to_dict("layers")


def branches(nodes: int) -> str:
    """A text of about so many nodes, three in four of them within branches."""
    block = "Concat([Conv2d(8, 3, 1), ReLU()], [Conv2d(8, 5, 3, padding=1), Residual(ReLU())]), Conv2d(8, 8, 1)"
    return ", ".join([block] * (nodes // 7))


def main() -> None:
    """Print the tables."""
    texts = {
        "Repeat(10, three layers)": f"Repeat(10, {BODY})",
        "Repeat(1000000, three layers)": f"Repeat(1000000, {BODY})",
        "Repeat(1000, Repeat(1000, three layers))": f"Repeat(1000, Repeat(1000, {BODY}))",
    }
    times: dict[str, list[float]] = {name: [] for name in texts}
    for turn in range(220):
        for name, text in texts.items():
            taken = timed(partial(_answer, text))
            if turn >= 20:
                times[name].append(taken)
    show("repetition", times, next(iter(texts)))

    graph, plain = branches(1000), ", ".join(["Conv2d(8, 8, 1), ReLU()"] * 500)
    work = {
        "1,000 layers in a row": partial(_answer, plain),
        "1,000 nodes with branches": partial(_answer, graph),
        "the same, with receptive fields": partial(_answer, graph, receptive_field=True),
    }
    times = {name: [] for name in work}
    for turn in range(44):
        for name, run in work.items():
            taken = timed(run)
            if turn >= 4:
                times[name].append(taken)
    show("branches", times, next(iter(work)))


if __name__ == "__main__":
    main()
