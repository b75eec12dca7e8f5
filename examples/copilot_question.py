"""A copilot's question about a network pasted from code: where does 9216 come from, and how large is it?

The model is PyTorch's MNIST example; the layers are pasted as they stand there, in the order in
which they run.
"""

import anyio
from mcp import Client

from paramcount_mcp import build_server

PASTED = """
nn.Conv2d(1, 32, 3, 1),
nn.ReLU(),
nn.Conv2d(32, 64, 3, 1),
nn.ReLU(),
nn.MaxPool2d(2),
nn.Dropout(0.25),
nn.Flatten(),
nn.Linear(9216, 128),  # why 9216?
nn.ReLU(),
nn.Dropout(0.5),
nn.Linear(128, 10),
nn.LogSoftmax(dim=1),
"""


async def main() -> None:
    """Ask for the network, then for one with a mistake in it."""
    async with Client(build_server()) as client:
        right = await client.call_tool("network_params", {"layers": PASTED, "input_shape": [1, 28, 28]})
        wrong = await client.call_tool(
            "network_params", {"layers": PASTED.replace("9216", "1600"), "input_shape": [1, 28, 28]}
        )
    (content,) = right.content
    assert content.type == "text"
    print(content.text)
    answer = right.structured_content
    assert answer is not None
    assert answer["totals"]["parameters"] == 1_199_882
    assert answer["layers"][6]["output_shape"] == [9216]  # 64 × 12 × 12

    (refusal,) = wrong.content
    assert refusal.type == "text"
    print("\nwith Linear(1600, 128):", refusal.text.splitlines()[0])
    assert wrong.is_error
    assert "in_features=1600, but 9216 flow in. Linear(9216, 128) fits." in refusal.text


anyio.run(main)
