"""A few thousand of the requests that `python -m tests.server.attack` makes."""

import asyncio
from pathlib import Path

from tests.server import http
from tests.server.attack import KINDS, attack


def test_the_server_stands_what_is_made_to_break_it(tmp_path: Path) -> None:
    with http.serving(tmp_path, "--request-seconds", "2", "--call-seconds", "5", "--processes", "1") as running:
        tried = asyncio.run(attack(running, 1_500, seed=2))
        assert {name.split(":")[0] for name in tried} == {kind.__name__ for kind in KINDS}
        assert len(running.family()) == 2
