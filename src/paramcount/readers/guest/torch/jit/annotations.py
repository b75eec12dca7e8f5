"""torch.jit.annotations: the types of typing, by older names."""

# ruff: noqa: UP035 - the older names are what is imported from here
from typing import Any, Dict, List, Optional, Tuple, Union

BroadcastingList1 = BroadcastingList2 = BroadcastingList3 = list
