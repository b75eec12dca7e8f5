"""torch.distributions.bernoulli: Bernoulli, by the file it is in."""

from torch.distributions import Bernoulli as Bernoulli
