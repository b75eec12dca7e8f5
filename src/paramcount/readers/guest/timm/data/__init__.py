"""timm.data: means and deviations that descriptions of models name; no shape depends on them."""

from paramcount_guest.placeholders import absent

IMAGENET_DEFAULT_MEAN, IMAGENET_DEFAULT_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
IMAGENET_INCEPTION_MEAN = IMAGENET_INCEPTION_STD = (0.5, 0.5, 0.5)
IMAGENET_DPN_MEAN, IMAGENET_DPN_STD = (124 / 255, 117 / 255, 104 / 255), (1 / (0.0167 * 255),) * 3
OPENAI_CLIP_MEAN, OPENAI_CLIP_STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
DEFAULT_CROP_PCT, DEFAULT_CROP_MODE = 0.875, "center"

__getattr__ = absent("timm.data")
