"""torchvision.models.detection: its models are read from their own source."""
