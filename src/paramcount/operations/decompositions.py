"""Operations on matrices as a whole, and spectra over time: they have shapes; of these, covariance alone is a product.

Source: torch.linalg, torch.stft.
"""

from collections.abc import Sequence
from typing import Final

from paramcount.operations.rules import Attributes, OperationError, Rule, Sizes, count, numel, text, whole


def _matrix(shapes: Sequence[Sizes]) -> tuple[Sizes, int, int]:
    """The dimensions in front of a matrix, its rows and its columns."""
    x = shapes[0]
    if len(x) < 2:
        raise OperationError(f"The input tensor must have at least 2 dimensions, received {text(x)}.")
    return x[:-2], x[-2], x[-1]


def _square(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    _, rows, columns = _matrix(shapes)
    if rows != columns:
        raise OperationError(f"A must be batches of square matrices, but they are {rows} by {columns} matrices")
    return (shapes[0],)


def _determinant(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    _square(shapes, attributes)
    lead = shapes[0][:-2]
    return (lead, lead) if attributes.get("sign") else (lead,)


def _swapped(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    lead, rows, columns = _matrix(shapes)
    return ((*lead, columns, rows),)


def _singular(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    lead, rows, columns = _matrix(shapes)
    least = min(rows, columns)
    left, right = (rows, columns) if attributes.get("full") else (least, least)
    return ((*lead, rows, left), (*lead, least), (*lead, right, columns))


def _triangular(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    lead, rows, columns = _matrix(shapes)
    inner = rows if attributes.get("full") else min(rows, columns)
    return ((*lead, rows, inner), (*lead, inner, columns))


def _own(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Values and vectors of a square matrix."""
    _square(shapes, attributes)
    return (shapes[0][:-1], shapes[0])


def _solved(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    count(shapes, 2, "solve")
    _square(shapes, attributes)
    if shapes[1][-2:-1] != shapes[0][-1:] and shapes[1] != shapes[0][:-1]:
        raise OperationError(
            f"Incompatible shapes of A and B for the equation AX = B: {text(shapes[0])}, {text(shapes[1])}"
        )
    return (shapes[1],)


def _covariance(shapes: Sequence[Sizes], _attributes: Attributes) -> tuple[Sizes, ...]:
    x = shapes[0]
    if len(x) > 2:
        raise OperationError(f"expected input to have two or fewer dimensions but got {text(x)}")
    return ((x[0], x[0]) if len(x) == 2 else (),)


def _covariance_macs(shapes: Sequence[Sizes], attributes: Attributes) -> int:
    return numel(_covariance(shapes, attributes)[0]) * shapes[0][-1] if shapes[0] else 0


def _short_time(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """Spectra of windows of `n_fft` samples, one each `hop_length`."""
    x = shapes[0]
    if len(x) not in (1, 2):
        raise OperationError(f"expected a 1D or 2D tensor, but got {text(x)}")
    n_fft, hop = whole(attributes, "n_fft"), whole(attributes, "hop_length")
    length = x[-1] + (n_fft // 2 * 2 if attributes.get("center", True) else 0)
    if n_fft < 1 or hop < 1 or length < n_fft:
        raise OperationError(f"n_fft={n_fft}, hop_length={hop} do not fit {length} samples")
    bins = n_fft // 2 + 1 if attributes.get("onesided", True) else n_fft
    parts = () if attributes.get("return_complex") else (2,)
    return ((*x[:-1], bins, 1 + (length - n_fft) // hop, *parts),)


def _over_time(shapes: Sequence[Sizes], attributes: Attributes) -> tuple[Sizes, ...]:
    """The samples of spectra over time; `length` where given."""
    x = shapes[0]
    if len(x) not in (2, 3):
        raise OperationError(f"expected a tensor with 2 or 3 dimensions, but got {text(x)}")
    n_fft, hop = whole(attributes, "n_fft"), whole(attributes, "hop_length")
    samples = n_fft + hop * (x[-1] - 1) - (n_fft // 2 * 2 if attributes.get("center", True) else 0)
    return ((*x[:-2], whole(attributes, "length", samples)),)


RULES: Final[dict[str, Rule]] = {
    **dict.fromkeys(("inverse", "cholesky", "matrix_exp", "matrix_power"), Rule(_square)),
    "det": Rule(_determinant),
    "pinv": Rule(_swapped),
    "svd": Rule(_singular),
    "qr": Rule(_triangular),
    "eigh": Rule(_own),
    "solve": Rule(_solved),
    "cov": Rule(_covariance, _covariance_macs),
    "stft": Rule(_short_time),
    "istft": Rule(_over_time),
}
