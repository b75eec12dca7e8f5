"""torch.backends: settings without an effect."""


class _Settings:
    def __init__(self, **held):
        self.__dict__.update(held)

    def is_available(self):
        return False

    def flags(self, *args, **kwargs):
        from contextlib import nullcontext

        return nullcontext()


cudnn = _Settings(benchmark=False, deterministic=False, enabled=True, allow_tf32=True)
cuda = _Settings(matmul=_Settings(allow_tf32=False), enable_flash_sdp=lambda value: None)
mps = _Settings()
mkldnn = _Settings(enabled=True)
openmp = mkl = _Settings()
