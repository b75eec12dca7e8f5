"""torch.distributions.multivariate_normal: MultivariateNormal, by the file it is in."""

from torch.distributions import MultivariateNormal as MultivariateNormal
