"""Where the sandbox enters: `run` reads one model and gives the trace."""

from paramcount_guest.harness import run

__all__ = ["run"]
