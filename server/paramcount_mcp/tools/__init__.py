"""The tools, one file each, found by looking into this package: every module offers its `TOOL`."""

import importlib
import pkgutil
from functools import cache

from paramcount_mcp.tool import Tool


@cache
def tools() -> dict[str, Tool]:
    """Every tool by its name, in the order of their names."""
    modules = (importlib.import_module(f"{__name__}.{found.name}") for found in pkgutil.iter_modules(__path__))
    offered: list[Tool] = [module.TOOL for module in modules]
    found = {tool.name: tool for tool in sorted(offered, key=lambda tool: tool.name)}
    if len(found) != len(offered):
        raise TypeError("two tools have one name")
    return found
