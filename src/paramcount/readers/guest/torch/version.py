"""torch.version."""

from torch import __version__ as __version__

cuda = hip = git_version = None
