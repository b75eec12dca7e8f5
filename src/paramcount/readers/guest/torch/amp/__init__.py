"""torch.amp: mixed precision changes no shape."""

from paramcount_guest.state import fallback

from torch import autocast as autocast
from torch.cuda.amp import GradScaler as GradScaler
from torch.cuda.amp import custom_bwd as custom_bwd
from torch.cuda.amp import custom_fwd as custom_fwd

__getattr__ = fallback("torch.amp")
