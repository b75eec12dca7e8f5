"""Folders that a local server may read files in, named by its user when it starts."""

from collections.abc import Sequence
from pathlib import Path

from paramcount.errors import LayerError, shown


def below(name: str, roots: Sequence[Path]) -> Path:
    """Return the file of this name where it lies below a root once every symbolic link is followed.

    Raises:
        LayerError: it does not, or no root was named. Whether there is such a file elsewhere is not told.
    """
    if not roots:
        raise LayerError("path: this server reads no files; its user can start it with --allow-root FOLDER.")
    for root in roots:
        try:
            found = (root / name).resolve()
            if found.is_relative_to(root) and found.is_file():
                return found
        except (OSError, ValueError, RuntimeError):  # too long, a NUL in it, a loop of links
            continue
    raise LayerError(f"path: there is no file {shown(name)} below the folders that this server may read.")
