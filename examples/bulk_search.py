"""An architecture search's bulk work: the core mapped over a Dask cluster, no server in between.

    python examples/bulk_search.py [HOW MANY]

The core is pure and its input plain text, so any scheduler will do. Here a local cluster of two processes derives
thousands of small networks and keeps those within a budget; give `Client` the address of your own scheduler instead.
"""

import itertools
import sys

import paramcount

BUDGET = 20_000
BATCH = 500


def candidates(count: int) -> list[str]:
    """So many networks, each as text."""
    choices = itertools.product(range(4, 68, 2), range(8, 136, 4), (1, 3, 5), (1, 2), (10, 100))
    return [
        f"Conv2d(3, {first}, {kernel}, padding={kernel // 2}), BatchNorm2d({first}), ReLU(), "
        f"Repeat({depth}, Conv2d({first}, {first}, 3, padding=1, bias=False), BatchNorm2d({first}), ReLU()), "
        f"Conv2d({first}, {second}, 3, stride=2, padding=1), ReLU(), "
        f"AdaptiveAvgPool2d(1), Flatten(), Linear({second}, {classes})"
        for first, second, kernel, depth, classes in itertools.islice(choices, count)
    ]


def cost(text: str) -> tuple[int, int]:
    """Parameters and MACs of one network."""
    totals = paramcount.derive(paramcount.network(text, input_shape=(3, 32, 32))).to_dict("summary")["totals"]
    return totals["parameters"], totals["macs"]


def costs(texts: list[str]) -> list[tuple[int, int]]:
    """Those of a batch: a task of a few hundred networks costs the scheduler what a task of one does."""
    return [cost(text) for text in texts]


def main(count: int) -> None:
    from dask.distributed import Client, LocalCluster

    texts = candidates(count)
    batches = [texts[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        found = [one for batch in client.gather(client.map(costs, batches)) for one in batch]
    assert len(found) == len(texts)
    for index in range(0, len(texts), max(1, len(texts) // 20)):
        assert found[index] == cost(texts[index]), "the cluster answers what this process does"
    within = [(macs, text) for (parameters, macs), text in zip(found, texts, strict=True) if parameters <= BUDGET]
    assert 0 < len(within) < len(texts)
    macs, text = max(within)
    assert cost(text)[0] <= BUDGET
    print(f"{len(texts):,} networks, {len(within):,} within {BUDGET:,} parameters; the one with most MACs ({macs:,}):")
    print(text)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3_000)
