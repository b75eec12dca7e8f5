"""torch.distributions.independent: Independent, by the file it is in."""

from torch.distributions import Independent as Independent
