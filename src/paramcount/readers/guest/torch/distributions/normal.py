"""torch.distributions.normal: Normal, by the file it is in."""

from torch.distributions import Normal as Normal
