"""torch._dynamo: nothing is compiled."""

from torch.compiler import allow_in_graph as allow_in_graph
from torch.compiler import disable as disable
from torch.compiler import is_compiling as is_compiling
