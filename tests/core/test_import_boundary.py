"""The core stands alone: importing and using it loads no server, no event loop and no network."""

import subprocess
import sys

import pytest

FORBIDDEN = (
    "mcp",
    "anyio",
    "starlette",
    "uvicorn",
    "httpx",
    "httpx2",
    "asyncio",
    "socket",
    "paramcount_mcp",
    "eryx",
    "paramcount.readers.sandbox",
    "paramcount.readers.worker",
)

OF_NETWORKS = tuple(
    f"paramcount.{name}" for name in ("architectures", "apart", "assembly", "parts", "summing", "wiring")
)

NETWORK = """
import paramcount
paramcount.derive(paramcount.network("Conv2d(3, 8, 3), Flatten(), Linear(288, 2)", input_shape=(3, 8, 8))).to_text()
import paramcount.cli
"""

LAYER = """
from paramcount.cli import main
main(["layer", "Conv2d(3, 32, 3)", "--input", "3,224,224"])
"""


def run(used: str, forbidden: tuple[str, ...]) -> subprocess.CompletedProcess[str]:
    program = f"""
import sys
{used}
loaded = sorted(name for name in {forbidden!r} if name in sys.modules)
sys.exit(f"loaded {{loaded}}" if loaded else 0)
"""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_the_core_imports_nothing_of_the_server() -> None:
    finished = run(NETWORK, FORBIDDEN)
    assert finished.returncode == 0, finished.stderr


def test_a_layer_by_itself_loads_nothing_of_networks_nor_every_other_kind() -> None:
    finished = run(LAYER, OF_NETWORKS)
    assert finished.returncode == 0, finished.stderr
    finished = run(NETWORK, OF_NETWORKS)  # which loads them all
    assert all(name in finished.stderr for name in OF_NETWORKS)


@pytest.mark.parametrize("planted", ["import anyio", "import mcp.server", "import paramcount_mcp", "import eryx"])
def test_a_planted_import_is_noticed(planted: str) -> None:
    finished = run(planted + NETWORK, FORBIDDEN)
    assert finished.returncode != 0
    assert "loaded" in finished.stderr
