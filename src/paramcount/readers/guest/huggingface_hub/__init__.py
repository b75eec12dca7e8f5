"""huggingface_hub: the base that lets a module be uploaded, which gives it nothing that counts; no hub is here."""

from paramcount_guest.placeholders import absent

__getattr__ = absent("huggingface_hub")


class PyTorchModelHubMixin:
    """Beside torch's Module; takes what the model card says where the class is made."""

    def __init_subclass__(cls, **card):
        super().__init_subclass__()
