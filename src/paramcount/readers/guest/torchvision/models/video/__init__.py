"""torchvision.models.video: its models are read from their own source."""
