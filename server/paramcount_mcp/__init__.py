"""The MCP server of paramcount: thin faces on its reports."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from paramcount_mcp.server import ParamcountServer, build_server

__all__ = ["ParamcountServer", "build_server"]


def __getattr__(name: str) -> object:
    """Import the server when it is asked for: the processes that only answer calls do without the SDK."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from paramcount_mcp import server

    return getattr(server, name)
