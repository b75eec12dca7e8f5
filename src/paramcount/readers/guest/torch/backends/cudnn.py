"""torch.backends.cudnn: settings without an effect."""

benchmark = deterministic = False
enabled = allow_tf32 = True


def is_available():
    return False
