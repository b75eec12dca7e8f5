"""torchvision.transforms._presets: named in descriptions of weights, never used."""

import enum


class InterpolationMode(enum.Enum):
    """How images are resized."""

    NEAREST, NEAREST_EXACT, BILINEAR, BICUBIC, BOX, HAMMING, LANCZOS = (
        "nearest", "nearest-exact", "bilinear", "bicubic", "box", "hamming", "lanczos",
    )  # fmt: skip


class _Preset:
    def __init__(self, **settings):
        self.settings = settings


class ImageClassification(_Preset):
    """For classification."""


class ObjectDetection(_Preset):
    """For detection."""


class SemanticSegmentation(_Preset):
    """For segmentation."""


class VideoClassification(_Preset):
    """For video."""


class OpticalFlow(_Preset):
    """For optical flow."""
