"""`paramcount serve`: which transport, and with which settings."""

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

WRONG = 2
"""Exit code of settings that cannot be served with."""


def main(sent: Sequence[str]) -> int:
    """Run the server and return the exit code. Whatever HTTP needs is imported for HTTP only."""
    roots: list[str] = []
    if sent:
        from paramcount_mcp import settings

        options = settings.arguments(sent)
        if options["transport"] == "http":
            return _http(options)
        settings.check_for_stdio(options)
        roots = options.get("allow_root", [])
    gc.disable()  # what imports make stays: to look through it again and again takes a tenth of the start
    from paramcount_mcp.server import build_server

    server = build_server(list(map(Path, roots)))
    gc.freeze()
    gc.enable()
    server.run()
    return 0


def _http(options: dict[str, object]) -> int:
    from paramcount_mcp import settings
    from paramcount_mcp.access.tokens import TokenFileError

    try:
        chosen = settings.read(options)
        from paramcount_mcp.transports import http

        try:
            return http.run(chosen)
        except http.UnusableError as error:
            raise settings.SettingsError(str(error)) from None
    except (settings.SettingsError, TokenFileError) as error:
        for line in str(error).splitlines():
            print(f"paramcount serve: {line}", file=sys.stderr)
        return WRONG
