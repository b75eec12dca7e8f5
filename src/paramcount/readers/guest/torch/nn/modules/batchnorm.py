"""Batch and instance normalisation."""

from torch._types import int64
from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, like, missing

__getattr__ = missing("torch.nn.modules.batchnorm")


@like("BatchNorm2d")
class _NormBase(Layer):
    _ranks_ = ()

    def _made_of(self, num_features, eps, momentum, affine, track_running_stats, bias=True, process_group=None):
        self.num_features, self.eps, self.momentum = num_features, eps, momentum
        self.affine, self.track_running_stats = affine, track_running_stats
        for name, held in (("weight", affine), ("bias", affine and bias)):
            if held:
                self._parameter(name, num_features, value=1 if name == "weight" else 0)
            else:
                self.register_parameter(name, None)
        if track_running_stats:
            self._buffer("running_mean", num_features)
            self._buffer("running_var", num_features, value=1)
            self._buffer("num_batches_tracked", dtype=int64)
        else:
            for name in ("running_mean", "running_var", "num_batches_tracked"):
                self.register_buffer(name, None)

    def reset_running_stats(self):
        return None

    def _check_input_dim(self, input):
        if self._ranks_ and input.dim() not in self._ranks_:
            wanted = " or ".join(f"{rank}D" for rank in self._ranks_)
            raise ValueError(f"expected {wanted} input (got {input.dim()}D input)")

    def extra_repr(self):
        return f"{self.num_features}, eps={self.eps}, momentum={self.momentum}, affine={self.affine}"


class _BatchNorm(_NormBase):
    def forward(self, input):
        self._check_input_dim(input)
        return F.batch_norm(input, self.running_mean, self.running_var, self.weight, self.bias, self.training)


@layer
class BatchNorm1d(_BatchNorm):
    _ranks_ = (2, 3)


@layer
class BatchNorm2d(_BatchNorm):
    _ranks_ = (4,)


@layer
class BatchNorm3d(_BatchNorm):
    _ranks_ = (5,)


@layer
class SyncBatchNorm(_BatchNorm):
    @classmethod
    def convert_sync_batchnorm(cls, module, process_group=None):
        """Every batch norm in a module as a synchronised one, with the same weights and statistics."""
        if isinstance(module, _BatchNorm):
            held = (module.num_features, module.eps, module.momentum, module.affine, module.track_running_stats)
            made = cls(*held, process_group)
            made._parameters.update(module._parameters)
            made._buffers.update(module._buffers)
            made.training = module.training
            return made
        for name, child in list(module.named_children()):
            module.add_module(name, cls.convert_sync_batchnorm(child, process_group))
        return module


@like("InstanceNorm2d")
class _InstanceNorm(_NormBase):
    def forward(self, input):
        rank = self._ranks_[1]
        if input.dim() not in self._ranks_:
            raise ValueError(f"expected {self._ranks_[0]}D or {rank}D input (got {input.dim()}D input)")
        batched = input if input.dim() == rank else input.unsqueeze(0)
        if self.affine and batched.shape[1] != self.num_features:
            raise ValueError(
                f"expected input's size at dim=1 to match num_features ({self.num_features}), but got: {batched.shape[1]}."
            )
        return F.instance_norm(batched, None, None, self.weight, self.bias).reshape(input.shape)


@layer
class InstanceNorm1d(_InstanceNorm):
    _ranks_ = (2, 3)


@layer
class InstanceNorm2d(_InstanceNorm):
    _ranks_ = (3, 4)


@layer
class InstanceNorm3d(_InstanceNorm):
    _ranks_ = (4, 5)
