"""An assistant's configuration: every file in `hosts/` starts a server that answers.

The command in the files is `uvx paramcount serve`; here the same arguments are given to the
paramcount that is installed, so that the example needs no package index.
"""

import json
import sys
from pathlib import Path

import anyio
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main() -> None:
    """Start each configured server and ask for its tools."""
    for path in sorted((Path(__file__).parent / "hosts").glob("*.json")):
        configuration = json.loads(path.read_text(encoding="utf-8"))
        servers = configuration.get("mcpServers") or configuration["servers"]
        entry = servers["paramcount"]
        assert entry["command"] == "uvx"
        package, *arguments = entry["args"]
        server = StdioServerParameters(command=sys.executable, args=["-m", package, *arguments])
        async with Client(stdio_client(server)) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
        print(f"{path.name}: {', '.join(sorted(names))}")
        assert {"conv_layer_params", "network_params"} <= names


anyio.run(main)
