"""Source files of published packages, taken from their wheels when a test wants them, and never kept."""

import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from pathlib import Path

VERSIONS = {"torchvision": "0.29.1", "timm": "1.0.22", "keras": "3.15.1"}


@cache
def sources(package: str) -> dict[str, str]:
    """The package's Python files, path → text, from the wheel that pip downloads; nothing of it is installed or run."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--dest", folder,
             f"{package}=={VERSIONS[package]}"],
            check=True,
        )  # fmt: skip
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            names = [name for name in archive.namelist() if name.startswith(f"{package}/") and name.endswith(".py")]
            return {name: archive.read(name).decode("utf-8") for name in names}
