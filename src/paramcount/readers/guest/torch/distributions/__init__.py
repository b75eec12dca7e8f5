"""torch.distributions: what is drawn, and its log-probability, have shapes that follow from the parameters'."""

from paramcount_guest.state import fallback

import torch

__getattr__ = fallback("torch.distributions")


def _tensor(value):
    return value if isinstance(value, torch.Tensor) else torch.tensor(float(value))


def _size(shape):
    return (shape,) if isinstance(shape, int) else tuple(shape)


class Distribution:
    """One of independent numbers; parameters spread to one shape."""

    names = ()
    has_rsample = True

    def __init__(self, *given, validate_args=None, **named):
        named = dict(zip(self.names, given)) | named
        unknown = set(named) - set(self.names)
        if unknown or not named:
            raise TypeError(
                f"{type(self).__name__} takes {', '.join(self.names)}, received {', '.join(named) or 'none'}"
            )
        held = {name: _tensor(value) for name, value in named.items() if value is not None}
        for name, value in zip(held, torch.broadcast_tensors(*held.values())):
            setattr(self, name, value)
        self._first, *self._rest = [getattr(self, name) for name in held]
        self._shape = self._first.shape

    event = 0
    """How many of the last dimensions are one draw."""

    batch_shape = property(lambda self: torch.Size(tuple(self._shape)[: len(self._shape) - self.event]))
    event_shape = property(lambda self: torch.Size(tuple(self._shape)[len(self._shape) - self.event :]))

    def rsample(self, sample_shape=()):
        found = self._first
        for one in self._rest:
            found = found + one * torch.randn_like(one)
        size = _size(sample_shape)
        return found.expand(*size, *found.shape) if size else found

    def sample(self, sample_shape=()):
        return self.rsample(sample_shape).detach()

    def sample_n(self, n):
        return self.sample((n,))

    def _each(self, found):
        for _ in range(self.event):
            found = found.sum(-1)
        return found

    def log_prob(self, value):
        return self._each(value - self._first)

    def cdf(self, value):
        return value - self._first

    def entropy(self):
        return self._each(self._first + sum(self._rest))

    def perplexity(self):
        return self.entropy().exp()

    mean = mode = property(lambda self: self._first)
    stddev = variance = property(lambda self: self._rest[-1] if self._rest else self._first)

    def expand(self, batch_shape):
        size = (*_size(batch_shape), *self.event_shape)
        return type(self)(**{name: getattr(self, name).expand(size) for name in self.names if hasattr(self, name)})


def _of(name, *names, **own):
    return type(name, (Distribution,), {"__module__": __name__, "names": names, **own})


Normal, LogNormal, Laplace, Gumbel, Cauchy = (
    _of(name, "loc", "scale") for name in ("Normal", "LogNormal", "Laplace", "Gumbel", "Cauchy")
)
Uniform = _of("Uniform", "low", "high")
Beta = _of("Beta", "concentration1", "concentration0")
Gamma = _of("Gamma", "concentration", "rate")
Exponential, Poisson = _of("Exponential", "rate"), _of("Poisson", "rate")
HalfNormal, HalfCauchy = _of("HalfNormal", "scale"), _of("HalfCauchy", "scale")
StudentT = _of("StudentT", "df", "loc", "scale")
Dirichlet = _of("Dirichlet", "concentration", event=1)
Bernoulli, Geometric = _of("Bernoulli", "probs", "logits"), _of("Geometric", "probs", "logits")
RelaxedBernoulli = _of("RelaxedBernoulli", "temperature", "probs", "logits")
OneHotCategorical = _of("OneHotCategorical", "probs", "logits", event=1)
OneHotCategoricalStraightThrough = _of("OneHotCategoricalStraightThrough", "probs", "logits", event=1)
RelaxedOneHotCategorical = _of("RelaxedOneHotCategorical", "temperature", "probs", "logits", event=1)
for _made in (Bernoulli, Geometric, OneHotCategorical, OneHotCategoricalStraightThrough):
    _made.probs = _made.logits = None


class Categorical(Distribution):
    """One of as many classes as the last dimension has."""

    names = ("probs", "logits")
    has_rsample = False

    def __init__(self, probs=None, logits=None, validate_args=None):
        super().__init__(probs=probs, logits=logits)
        self.probs = self.logits = self._first

    event = 1
    event_shape = torch.Size(())

    def sample(self, sample_shape=()):
        found, size = self._first.argmax(-1), _size(sample_shape)
        return found.expand(*size, *found.shape) if size else found

    def log_prob(self, value):
        return self._first.amax(-1) + value


class MultivariateNormal(Distribution):
    """A vector, by its mean and a matrix."""

    names = ("loc",)
    event = 1

    def __init__(self, loc, covariance_matrix=None, precision_matrix=None, scale_tril=None, validate_args=None):
        given = [one for one in (covariance_matrix, precision_matrix, scale_tril) if one is not None]
        if len(given) != 1:
            raise ValueError("Exactly one of covariance_matrix or precision_matrix or scale_tril may be specified.")
        super().__init__(loc.expand(torch.broadcast_shapes(loc.shape, given[0].shape[:-1])))
        self.covariance_matrix = self.scale_tril = self.precision_matrix = given[0]


class Independent(Distribution):
    """Another distribution, of which the last dimensions are one draw."""

    def __init__(self, base_distribution, reinterpreted_batch_ndims, validate_args=None):
        self.base_dist, self.event = base_distribution, reinterpreted_batch_ndims
        self._first, self._rest, self._shape = (
            base_distribution._first,
            base_distribution._rest,
            base_distribution._shape,
        )

    def rsample(self, sample_shape=()):
        return self.base_dist.rsample(sample_shape)

    def log_prob(self, value):
        return self._each(self.base_dist.log_prob(value))

    def entropy(self):
        return self._each(self.base_dist.entropy())


def kl_divergence(p, q):
    found = p._first - q._first
    for _ in range(p.event):
        found = found.sum(-1)
    return found
