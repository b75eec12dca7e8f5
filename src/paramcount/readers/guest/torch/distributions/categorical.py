"""torch.distributions.categorical: Categorical, by the file it is in."""

from torch.distributions import Categorical as Categorical
