"""Static bearer tokens from a file: a line each, NAME TOKEN; # begins a comment.

The file is read anew when it changes, so tokens are added and withdrawn without a restart. Where it disappears or
cannot be read, the tokens that were read last stay valid and the log says so; an empty file withdraws all.
"""

import hashlib
import hmac
import logging
import time
from dataclasses import dataclass, field
from pathlib import Path

from paramcount_mcp.access import Caller

logger = logging.getLogger(__name__)

MIN_TOKEN = 20
"""Characters that a token has at least: fewer can be guessed."""
MAX_TOKENS = 1_000
MAX_FILE = 2**20
_LOOK_SECONDS = 1.0


class TokenFileError(Exception):
    """A token file that cannot be used; no message holds a token."""


def read(path: Path) -> dict[bytes, Caller]:
    """Read the tokens: whose each is, by the digest of the token.

    Raises:
        TokenFileError: the file is not there, or not as it must be.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_FILE + 1).decode("utf-8")
    except OSError as error:
        raise TokenFileError(f"{path} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise TokenFileError(f"{path} is not UTF-8 text") from None
    if len(text) > MAX_FILE:
        raise TokenFileError(f"{path} has more than {MAX_FILE} bytes")
    found: dict[bytes, Caller] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        parts = line.split()
        if len(parts) != 2:
            raise TokenFileError(f"{path}, line {number}: a line holds a name and a token")
        name, token = parts
        if len(token) < MIN_TOKEN or not token.isascii():
            raise TokenFileError(f"{path}, line {number}: a token has at least {MIN_TOKEN} ASCII characters")
        found[_digest(token)] = Caller(name[:100])
    if len(found) > MAX_TOKENS:
        raise TokenFileError(f"{path} has {len(found)} tokens; at most {MAX_TOKENS} are read")
    return found


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


@dataclass(slots=True)
class TokenFile:
    """The tokens of a file, as it is now."""

    path: Path
    _callers: dict[bytes, Caller] = field(init=False)
    _stamp: tuple[int, int, int] | None = field(init=False)
    _looked: float = field(init=False)
    _trouble: str | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self._stamp = self._look()
        self._callers = read(self.path)
        self._looked = time.monotonic()

    async def caller(self, token: str) -> Caller | None:
        """Whom a token belongs to. Every token of the file is compared, each in constant time."""
        self._refresh()
        sent = _digest(token)
        found = None
        for digest, caller in self._callers.items():
            if hmac.compare_digest(digest, sent):
                found = caller
        return found

    async def ready(self) -> str | None:
        """The tokens that were read last are valid: there is always an answer."""
        return None

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self.path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def _refresh(self) -> None:
        now = time.monotonic()
        if now - self._looked < _LOOK_SECONDS:
            return
        self._looked = now
        stamp = self._look()
        if stamp == self._stamp and self._trouble is None:
            return
        try:
            self._callers = read(self.path)
        except TokenFileError as error:
            if str(error) != self._trouble:
                logger.error("%s; the tokens that were read last stay valid", error)
            self._trouble = str(error)
        else:
            logger.warning("%s was read anew: %d tokens", self.path, len(self._callers))
            self._trouble = None
            self._stamp = stamp
