"""torchvision.models._meta: names of categories, which no model's shape depends on; their numbers are kept."""

_IMAGENET_CATEGORIES = [str(place) for place in range(1000)]
_COCO_CATEGORIES = [str(place) for place in range(91)]
_COCO_PERSON_CATEGORIES = ["no person", "person"]
_COCO_PERSON_KEYPOINT_NAMES = [str(place) for place in range(17)]
_VOC_CATEGORIES = [str(place) for place in range(21)]
_KINETICS400_CATEGORIES = [str(place) for place in range(400)]
