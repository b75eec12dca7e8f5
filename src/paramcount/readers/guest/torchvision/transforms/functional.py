"""torchvision.transforms.functional, of tensors: sizes, cuts and margins, as models use them between their layers."""

import torch
from paramcount_guest.placeholders import absent
from torch import _dispatch
from torch.nn import functional

from torchvision.transforms._presets import InterpolationMode

__getattr__ = absent("torchvision.transforms.functional")

_MARGINS = {"constant": "constant", "edge": "replicate", "reflect": "reflect"}


def get_dimensions(img):
    if not isinstance(img, torch.Tensor):
        _dispatch.refuse("torchvision.transforms.functional", img)
    if len(img.shape) < 2:
        raise TypeError("Tensor is not a torch image.")
    return [img.shape[-3] if len(img.shape) > 2 else 1, *img.shape[-2:]]


def get_image_size(img):
    return get_dimensions(img)[:0:-1]


def _two(size):
    """A height and a width, of one number or of two."""
    sizes = [size] if isinstance(size, int) else list(size)
    return sizes * 2 if len(sizes) == 1 else sizes


def resize(img, size, interpolation=InterpolationMode.BILINEAR, max_size=None, antialias=True):
    """To a size; of one number, the shorter side gets it and the other keeps in proportion."""
    _, height, width = get_dimensions(img)
    sizes = [size] if isinstance(size, int) else list(size)
    if len(sizes) not in (1, 2):
        raise ValueError(f"Size must be an int or a 1 or 2 element tuple/list, not a {len(sizes)} element tuple/list")
    if len(sizes) == 2:
        if max_size is not None:
            raise ValueError("max_size should only be passed if size specifies the length of the smaller edge")
        wanted = sizes
    else:
        short, long = sizes[0], int(sizes[0] * max(height, width) / min(height, width))
        if max_size is not None:
            if max_size <= short:
                raise ValueError(f"max_size = {max_size} must be strictly greater than size = {size}")
            if long > max_size:
                short, long = int(max_size * short / long), max_size
        wanted = [long, short] if width <= height else [short, long]
    if wanted == [height, width]:
        return img
    flat = img.reshape(*[1] * (4 - len(img.shape)), *img.shape) if len(img.shape) < 4 else img
    made = functional.interpolate(flat, wanted, mode=getattr(interpolation, "value", interpolation))
    return made.reshape(*img.shape[:-2], *made.shape[-2:])


def pad(img, padding, fill=0, padding_mode="constant"):
    """Margins: one number for all sides, two for left and right, top and bottom, or one for each."""
    get_dimensions(img)
    if padding_mode not in (*_MARGINS, "symmetric"):
        raise ValueError("Padding mode should be either constant, edge, reflect or symmetric")
    sides = [padding] if isinstance(padding, int) else list(padding)
    if len(sides) not in (1, 2, 4):
        raise ValueError(f"Padding must be an int or a 1, 2, or 4 element tuple, not a {len(sides)} element tuple")
    left, top, right, bottom = sides if len(sides) == 4 else sides * (4 // len(sides))
    return functional.pad(img, [left, right, top, bottom], _MARGINS.get(padding_mode, "replicate"))


def crop(img, top, left, height, width):
    """A rectangle; what of it lies outside is a margin."""
    _, h, w = get_dimensions(img)
    right, bottom = left + width, top + height
    if left >= 0 and top >= 0 and right <= w and bottom <= h:
        return img[..., top:bottom, left:right]
    inside = img[..., max(top, 0) : bottom, max(left, 0) : right]
    return pad(
        inside,
        [
            max(-left + min(0, right), 0),
            max(-top + min(0, bottom), 0),
            max(right - max(w, left), 0),
            max(bottom - max(h, top), 0),
        ],
    )


def center_crop(img, output_size):
    """The middle; where the image is smaller, it gets margins first."""
    height, width = _two(output_size)
    _, h, w = get_dimensions(img)
    if width > w or height > h:
        across, down = max(width - w, 0), max(height - h, 0)
        img = pad(img, [across // 2, down // 2, (across + 1) // 2, (down + 1) // 2])
        _, h, w = get_dimensions(img)
        if (h, w) == (height, width):
            return img
    return crop(img, round((h - height) / 2), round((w - width) / 2), height, width)


def resized_crop(img, top, left, height, width, size, interpolation=InterpolationMode.BILINEAR, antialias=True):
    return resize(crop(img, top, left, height, width), size, interpolation)


def hflip(img):
    get_dimensions(img)
    return img.flip(-1)


def vflip(img):
    get_dimensions(img)
    return img.flip(-2)


def normalize(tensor, mean, std, inplace=False):
    get_dimensions(tensor)
    middle, spread = (torch.as_tensor(one, dtype=tensor.dtype) for one in (mean, std))
    middle, spread = (one.view(-1, 1, 1) if len(one.shape) == 1 else one for one in (middle, spread))
    return (tensor - middle) / spread
