"""A script that holds a network to a budget: it ends with 1 when the network is above it.

python examples/budget.py                # a network that fits
python examples/budget.py 100000         # the same, above a smaller budget: exit code 1
"""

import sys

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

NETWORK = [
    "Conv2D(32, 3, activation='relu', input_shape=(32, 32, 3))",
    "MaxPooling2D()",
    "Conv2D(64, 3, activation='relu')",
    "MaxPooling2D()",
    "Conv2D(64, 3, activation='relu')",
    "Flatten()",
    "Dense(64, activation='relu')",
    "Dense(10)",
]


async def parameters() -> int:
    """Ask a server for the number of parameters."""
    server = StdioServerParameters(command=sys.executable, args=["-m", "paramcount", "serve"])
    async with Client(stdio_client(server)) as client:
        result = await client.call_tool("network_params", {"layers": NETWORK, "detail": "summary"})
    assert not result.is_error, result.content
    assert result.structured_content is not None
    return int(result.structured_content["totals"]["parameters"])


def main() -> int:
    """Compare with the budget that was given, 150,000 unless told."""
    budget = int(sys.argv[1]) if len(sys.argv) > 1 else 150_000
    count = anyio.run(parameters)
    assert count == 122_570, "TensorFlow's CIFAR-10 tutorial counts 122,570"
    verdict = "within" if count <= budget else "above"
    print(f"{count:,} parameters are {verdict} the budget of {budget:,}")
    return 0 if count <= budget else 1


sys.exit(main())
