"""A stand-in for timm: its helpers and building blocks. Its own models are read from their source."""

__version__ = "1.0.22"


def create_model(*args, **kwargs):
    from paramcount_guest.state import no_model

    raise no_model("timm.create_model", "give the source of the model itself")
