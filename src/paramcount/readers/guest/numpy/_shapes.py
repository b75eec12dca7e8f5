"""Functions that join arrays, change their shapes or reorder them."""

import torch
from paramcount_guest.state import stop

from numpy._array import array, asarray, sizes, to_torch, wrap


def concatenate(arrays, axis=0):
    return wrap(torch.cat([to_torch(asarray(one)) for one in arrays], axis))


def append(arr, values, axis=None):
    one, other = asarray(arr), asarray(values)
    return concatenate([one.reshape(-1), other.reshape(-1)] if axis is None else [one, other], axis or 0)


def insert(arr, obj, values, axis=None):
    whole = asarray(arr)
    if axis is not None or not isinstance(obj, int):
        raise stop("unsupported", "numpy.insert is supported with one place and no axis only.")
    flat = whole.reshape(-1)
    place = obj if obj >= 0 else flat.shape[0] + obj
    return concatenate([flat[:place], asarray(values).reshape(-1), flat[place:]]).astype(whole.dtype)


def stack(arrays, axis=0):
    return wrap(torch.stack([to_torch(asarray(one)) for one in arrays], axis))


def hstack(arrays):
    return wrap(torch.hstack([to_torch(asarray(one)) for one in arrays]))


def vstack(arrays):
    return wrap(torch.vstack([to_torch(asarray(one)) for one in arrays]))


def reshape(a, shape):
    return asarray(a).reshape(shape)


def transpose(a, axes=None):
    return asarray(a).transpose(*(axes or ()))


def expand_dims(a, axis):
    return wrap(to_torch(asarray(a)).unsqueeze(axis))


def squeeze(a, axis=None):
    return asarray(a).squeeze(axis)


def tile(A, reps):
    return wrap(to_torch(asarray(A)).tile(*sizes(reps)))


def repeat(a, repeats, axis=None):
    return asarray(a).repeat(repeats, axis)


def unique(ar):
    return wrap(to_torch(array(ar)).unique())


def sort(a, axis=-1):
    return wrap(to_torch(array(a)).sort(axis)[0])


def argsort(a, axis=-1):
    return wrap(to_torch(array(a)).argsort(axis))


def triu(m, k=0):
    return wrap(to_torch(asarray(m)).triu(k))


def tril(m, k=0):
    return wrap(to_torch(asarray(m)).tril(k))


def fill_diagonal(a, val, wrap=False):
    for place in range(min(a.shape)):
        a[(place,) * a.ndim] = val


def isscalar(element):
    return isinstance(element, (int, float, complex, str))


def ndim(a):
    return asarray(a).ndim


def shape(a):
    return asarray(a).shape


def size(a, axis=None):
    return asarray(a).size if axis is None else asarray(a).shape[axis]
