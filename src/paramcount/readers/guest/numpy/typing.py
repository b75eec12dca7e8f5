"""numpy.typing: named in annotations only."""

from typing import Any

ArrayLike = NDArray = Any
