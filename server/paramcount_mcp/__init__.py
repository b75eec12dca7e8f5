"""The MCP server of paramcount: thin faces on its reports."""

from paramcount_mcp.server import build_server

__all__ = ["build_server"]
