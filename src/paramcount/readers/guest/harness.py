"""Where the sandbox enters: `prepare` gets ready for what most models need, `run` reads one and gives the trace."""

from paramcount_guest.harness import prepare, run

__all__ = ["prepare", "run"]
