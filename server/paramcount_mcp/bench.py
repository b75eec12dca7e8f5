"""The process in which calls are answered: `python -m paramcount_mcp.bench MEBIBYTES [ROOT …]`; see `workshop`.

It opens no connection, reads no file but below the roots, and keeps nothing from one call to the next.
"""

import json
import signal
import sys
from pathlib import Path
from typing import Any, BinaryIO

from mcp_types import TextContent

from paramcount_mcp.answering import DefectError, RefusedError, answer_within
from paramcount_mcp.tool import Tool
from paramcount_mcp.tools import tools

_WARM = {"layers": "resnet18()", "input_shape": [3, 224, 224]}
"""A call that is answered at the start: it imports what calls need."""
_SHARE = 0.9
"""The share of a call's time after which a search ends with its own words."""
_GRACE = 5
"""Seconds after which a process ends itself whose server is gone and cannot end it."""


def main() -> None:
    """Answer calls until the input ends."""
    _bound(int(sys.argv[1]))
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # replies alone go out
    roots = tuple(Path(root).resolve() for root in sys.argv[2:])
    known = {name: tool.below(roots) for name, tool in tools().items()}
    _reply(known["network_params"], _WARM, seconds=1)
    _send(outgoing, {"ready": True})
    while size := incoming.read(4):
        name, arguments, seconds = json.loads(incoming.read(int.from_bytes(size)))
        _alarm(seconds + _GRACE)
        _send(outgoing, _reply(known[name], arguments, seconds))
        _alarm(0)


def _reply(tool: Tool, arguments: dict[str, Any], seconds: float) -> dict[str, Any]:
    try:
        result = answer_within(tool, arguments, seconds * _SHARE)
    except RefusedError as error:
        return {"refused": str(error)}
    except DefectError as error:
        if isinstance(error.__cause__, MemoryError | SystemError):  # what the interpreter raises where memory ends
            sys.exit(1)  # nothing of this process can be relied on any more
        return {"defect": str(error), "trace": error.trace}
    text = "".join(part.text for part in result.content if isinstance(part, TextContent))
    return {"text": text, "structure": result.structured_content, "failed": result.is_error}


def _send(outgoing: BinaryIO, reply: dict[str, Any]) -> None:
    body = json.dumps(reply, ensure_ascii=False).encode("utf-8", "surrogatepass")
    outgoing.write(len(body).to_bytes(4) + body)
    outgoing.flush()


if sys.platform == "win32":

    def _bound(mebibytes: int) -> None:
        """Windows has no such bound."""

    def _alarm(seconds: float) -> None:
        """Windows has no such clock."""

else:
    import resource

    def _bound(mebibytes: int) -> None:
        """Bound the memory of this process."""
        most = mebibytes * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    def _alarm(seconds: float) -> None:
        """End this process after so many seconds."""
        signal.setitimer(signal.ITIMER_REAL, seconds)


if __name__ == "__main__":
    main()
