"""`read_model` through a real client: what is given, how much of it, and which files a local server reads."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client
from mcp_types import CallToolResult

from paramcount.readers import readers
from paramcount_mcp import build_server, limits
from tests.readers.onnx_graphs import lenet
from tests.server.conftest import Call, text_of


def below(root: Path | None, **arguments: Any) -> CallToolResult:
    """One call of a server that may read files below a root."""

    async def run() -> CallToolResult:
        async with Client(build_server([] if root is None else [root])) as client:
            return await client.call_tool("read_model", arguments)

    return anyio.run(run)


def tensors(file: Path) -> Path:
    header = json.dumps({"w": {"dtype": "F32", "shape": [3, 5], "data_offsets": [0, 60]}}).encode()
    file.write_bytes(len(header).to_bytes(8, "little") + header + bytes(60))
    return file


def refused(result: CallToolResult) -> str:
    assert result.is_error
    return text_of(result)


def test_a_file_below_a_root_is_read(tmp_path: Path) -> None:
    root = tmp_path / "models"
    (root / "deep").mkdir(parents=True)
    file = tensors(root / "deep" / "w.safetensors")
    for name in ("deep/w.safetensors", str(file), "deep/../deep/w.safetensors"):
        result = below(root, path=name)
        assert not result.is_error, text_of(result)
        assert result.structured_content is not None
        assert result.structured_content["totals"]["parameters"] == 15


def test_an_onnx_file_below_a_root_is_read(tmp_path: Path) -> None:
    (tmp_path / "lenet.onnx").write_bytes(lenet().SerializeToString())
    result = below(tmp_path, path="lenet.onnx")
    assert not result.is_error, text_of(result)
    assert result.structured_content is not None
    assert result.structured_content["totals"]["parameters"] == 61_706
    assert result.structured_content["read"]["format"] == "onnx"
    assert "61,706" in text_of(result)


def test_nothing_outside_a_root_is_read(tmp_path: Path) -> None:
    root = tmp_path / "models"
    root.mkdir()
    outside = tensors(tmp_path / "w.safetensors")
    (root / "link.safetensors").symlink_to(outside)
    (root / "folder").symlink_to(tmp_path)
    (root / "loop").symlink_to(root / "loop")
    os.mkfifo(root / "pipe")
    names = ["../w.safetensors", str(outside), "link.safetensors", "folder/w.safetensors", "loop", "pipe", ".", ""]
    names += ["/etc/passwd", "/dev/zero", "a\0b", "x" * 900, "~/w.safetensors", "file:///etc/passwd"]
    said = {refused(below(root, path=name)).replace(repr(name), "") for name in names if len(name) < 60}
    assert all("below the folders that this server may read" in one for one in said)
    assert len(said) == 1, "an answer tells a file that exists from one that does not"
    assert "below the folders" in refused(below(root, path="x" * 900))
    assert "reads no files" in refused(below(None, path=str(outside)))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "give source, files or path, one of them; received none"),
        ({"source": "x", "files": {"a.py": "x"}}, "received source and files"),
        ({"source": ""}, "nothing was given to read"),
        ({"source": "what is this?"}, "in no format that is known"),
        ({"source": 3}, "source must be text"),
        ({"source": "x", "format": "pickle"}, "must be one of auto"),
        ({"source": "x" * (limits.MAX_SOURCE + 1)}, "at most 1048576 characters"),
        ({"files": {}}, "must hold 1 to 200 files"),
        ({"files": ["a.py"]}, "must be an object of paths"),
        ({"files": {"../a.py": "x"}}, "must map relative paths"),
        ({"files": {"/etc/a.py": "x"}}, "must map relative paths"),
        ({"files": {"a.py": 3}}, "must map relative paths"),
        ({"files": {f"{n}.py": "x" * 10_000 for n in range(150)}}, "at most 1048576 characters together"),
        ({"source": "x", "entry": "y" * 1001}, "at most 1000 characters"),
        ({"source": "x", "input_shape": [3, "q"]}, "input_shape"),
        ({"sourc": "x"}, "Did you mean source"),
    ],
)
def test_what_is_refused_and_why(call: Call, arguments: dict[str, Any], said: str) -> None:
    assert said in refused(call("read_model", **arguments))


def test_formats_are_those_that_have_a_reader(call: Call) -> None:
    assert refused(call("read_model", source="x", format="?")).count(", ".join(readers())) == 1


@pytest.mark.parametrize(("planted", "code"), [("", 0), ("from paramcount.readers.formats import summary", 3)])
def test_listing_the_tools_imports_no_reader(planted: str, code: int) -> None:
    program = f"""
import sys
import anyio
from paramcount_mcp import build_server
{planted}
anyio.run(build_server().list_tools)
sys.exit(3 * any(name.startswith("paramcount.readers.formats.") for name in sys.modules))
"""
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == code
