"""torchvision.models.segmentation: its models are read from their own source."""
