"""torch.distributions.kl: kl_divergence, by the file it is in."""

from torch.distributions import kl_divergence as kl_divergence
