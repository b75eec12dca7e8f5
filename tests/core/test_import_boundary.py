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

PROGRAM = """
import sys
{planted}
import paramcount
paramcount.derive(paramcount.network("Conv2d(3, 8, 3), Flatten(), Linear(288, 2)", input_shape=(3, 8, 8))).to_text()
import paramcount.cli
loaded = sorted(name for name in {forbidden!r} if name in sys.modules)
sys.exit(f"loaded {{loaded}}" if loaded else 0)
"""


def run(planted: str = "") -> subprocess.CompletedProcess[str]:
    program = PROGRAM.format(planted=planted, forbidden=FORBIDDEN)
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)


def test_the_core_imports_nothing_of_the_server() -> None:
    finished = run()
    assert finished.returncode == 0, finished.stderr


@pytest.mark.parametrize("planted", ["import anyio", "import mcp.server", "import paramcount_mcp", "import eryx"])
def test_a_planted_import_is_noticed(planted: str) -> None:
    finished = run(planted)
    assert finished.returncode != 0
    assert "loaded" in finished.stderr
