"""Dropout, padding, sizes, embeddings, distances: the layers of a few lines."""

import torch
from torch.nn import functional as F
from torch.nn.modules._layer import Layer, layer, missing
from torch.nn.modules.utils import _ntuple
from torch.nn.parameter import Parameter

__getattr__ = missing("torch.nn.modules")


def _made(base, name, **own):
    return layer(type(name, (base,), {"__module__": "torch.nn.modules", **own}))


class _DropoutNd(Layer):
    def _made_of(self, p, inplace):
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p, self.inplace = p, inplace

    def forward(self, input):
        return getattr(F, self._function_)(input, self.p, self.training, self.inplace)


Dropout, Dropout1d, Dropout2d, Dropout3d, AlphaDropout, FeatureAlphaDropout = (
    _made(_DropoutNd, name, _function_=function)
    for name, function in (
        ("Dropout", "dropout"), ("Dropout1d", "dropout1d"), ("Dropout2d", "dropout2d"), ("Dropout3d", "dropout3d"),
        ("AlphaDropout", "alpha_dropout"), ("FeatureAlphaDropout", "feature_alpha_dropout"),
    )
)  # fmt: skip


class _PadNd(Layer):
    def _made_of(self, padding, value=0):
        self.padding = _ntuple(2 * self._dims_)(padding)
        if self._mode_ == "constant":
            self.value = value

    def forward(self, input):
        return F.pad(input, self.padding, self._mode_)

    def _hyper_(self):
        return super()._hyper_() | {"padding": self.padding}


for _title, _mode in (("Zero", "constant"), ("Constant", "constant"), ("Reflection", "reflect"),
                      ("Replication", "replicate"), ("Circular", "circular")):  # fmt: skip
    for _dims in (1, 2, 3):
        _name = f"{_title}Pad{_dims}d"
        globals()[_name] = _made(_PadNd, _name, _dims_=_dims, _mode_=_mode)


@layer
class Flatten(Layer):
    def forward(self, input):
        return input.flatten(self.start_dim, self.end_dim)


@layer
class Unflatten(Layer):
    def forward(self, input):
        return input.unflatten(self.dim, self.unflattened_size)


@layer
class Upsample(Layer):
    def _made_of(self, size, scale_factor, mode, align_corners, recompute_scale_factor):
        self.size, self.mode, self.align_corners = size, mode, align_corners
        self.scale_factor = (
            tuple(map(float, scale_factor))
            if isinstance(scale_factor, tuple)
            else (float(scale_factor) if scale_factor else None)
        )
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input):
        return F.interpolate(input, self.size, self.scale_factor, self.mode, self.align_corners)


class _UpsamplingNd(Layer):
    def forward(self, input):
        return F.interpolate(input, self.size, self.scale_factor, self._mode_, self._corners_)


UpsamplingNearest2d = _made(_UpsamplingNd, "UpsamplingNearest2d", _mode_="nearest", _corners_=None)
UpsamplingBilinear2d = _made(_UpsamplingNd, "UpsamplingBilinear2d", _mode_="bilinear", _corners_=True)


@layer
class PixelShuffle(Layer):
    def forward(self, input):
        return F.pixel_shuffle(input, self.upscale_factor)


@layer
class PixelUnshuffle(Layer):
    def forward(self, input):
        return F.pixel_unshuffle(input, self.downscale_factor)


@layer
class ChannelShuffle(Layer):
    def forward(self, input):
        return F.channel_shuffle(input, self.groups)


@layer
class Unfold(Layer):
    def forward(self, input):
        return F.unfold(input, self.kernel_size, self.dilation, self.padding, self.stride)


@layer
class Fold(Layer):
    def forward(self, input):
        return F.fold(input, self.output_size, self.kernel_size, self.dilation, self.padding, self.stride)


class _Embeddings(Layer):
    def _table(self, num_embeddings, embedding_dim, padding_idx, weight, frozen=False):
        if padding_idx is not None and not -num_embeddings <= padding_idx < num_embeddings:
            raise AssertionError("Padding_idx must be within num_embeddings")
        self.num_embeddings, self.embedding_dim, self.padding_idx = num_embeddings, embedding_dim, padding_idx
        if weight is None:
            self._parameter("weight", num_embeddings, embedding_dim)
        else:
            if tuple(weight.shape) != (num_embeddings, embedding_dim):
                raise AssertionError("Shape of weight does not match num_embeddings and embedding_dim")
            self.weight = Parameter(weight)
        if frozen:
            self.weight.requires_grad_(False)

    @classmethod
    def from_pretrained(cls, embeddings, freeze=True, **kwargs):
        rows, columns = embeddings.shape
        found = cls(rows, columns, _weight=embeddings, **kwargs)
        found.weight.requires_grad_(not freeze)
        return found


@layer
class Embedding(_Embeddings):
    def _made_of(self, num_embeddings, embedding_dim, padding_idx, max_norm, norm_type, scale_grad_by_freq, sparse,
                 _weight, _freeze):  # fmt: skip
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = (
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
        )
        self._table(num_embeddings, embedding_dim, padding_idx, _weight, _freeze)

    def forward(self, input):
        return F.embedding(input, self.weight, self.padding_idx)


@layer
class EmbeddingBag(_Embeddings):
    def _made_of(self, num_embeddings, embedding_dim, max_norm, norm_type, scale_grad_by_freq, mode, sparse, _weight,
                 include_last_offset, padding_idx):  # fmt: skip
        self.max_norm, self.norm_type, self.scale_grad_by_freq, self.sparse = (
            max_norm,
            norm_type,
            scale_grad_by_freq,
            sparse,
        )
        self.mode, self.include_last_offset = mode, include_last_offset
        self._table(num_embeddings, embedding_dim, padding_idx, _weight)

    def forward(self, input, offsets=None, per_sample_weights=None):
        return F.embedding_bag(input, self.weight, offsets)


@layer
class CosineSimilarity(Layer):
    def forward(self, x1, x2):
        return F.cosine_similarity(x1, x2, self.dim, self.eps)


@layer
class PairwiseDistance(Layer):
    def _made_of(self, p, eps, keepdim):
        self.norm, self.eps, self.keepdim = p, eps, keepdim

    def forward(self, x1, x2):
        return F.pairwise_distance(x1, x2, self.norm, self.eps, self.keepdim)


CosineSimilarity._kind_ = PairwiseDistance._kind_ = None  # no layer does this: it is read as its operations
