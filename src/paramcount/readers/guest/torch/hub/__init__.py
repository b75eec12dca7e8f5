"""torch.hub: nothing is loaded, and of weights it is known that they are not here; torchvision's builders are here."""

from paramcount_guest.placeholders import Weights
from paramcount_guest.state import fallback, no_model, unsupported

__getattr__ = fallback("torch.hub")
_WHY = "there is no network here; build the model without its weights"


def load_state_dict_from_url(url, *args, **kwargs):
    return Weights(f"load_state_dict_from_url({str(url)[:200]!r})")


def load(repo_or_dir, model, *args, source="github", trust_repo=None, force_reload=False, verbose=True,
         skip_validation=False, **kwargs):  # fmt: skip
    if source != "github" or repo_or_dir.partition(":")[0] != "pytorch/vision":
        raise no_model("torch.hub.load", "there is no network here; give the source of the model itself")
    import torchvision

    return getattr(torchvision.models, model)(*args, **kwargs)


def download_url_to_file(*args, **kwargs):
    raise unsupported("torch.hub.download_url_to_file", _WHY)


def get_dir():
    return "hub"


def set_dir(d):
    return None
