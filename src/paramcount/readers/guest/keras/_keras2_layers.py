"""Networks of keras.applications whose layers Keras 2 names or numbers otherwise: MobileNet v3, ConvNeXt."""

import sys

from paramcount_guest.state import STATE

RENAMED = {"MobilenetV3small": "MobileNetV3Small", "MobilenetV3large": "MobileNetV3Large"}
PIECES = (("/BatchNorm", "_bn"), ("AvgPool", "avg_pool"), ("/", "_"))


def name_now(name, known):
    """Keras 3's name of the layer that Keras 2 calls `name`, where it is one of MobileNet v3's; else None."""
    found = RENAMED.get(name)
    if found is None and isinstance(name, str) and "expanded_conv_project" in known:
        found = name
        for older, newer in PIECES:
            found = found.replace(older, newer)
        found = found.lower()
    if found not in known:
        return None
    STATE.warn(f"{name} is what Keras 2 calls the layer {found}.")
    return found


class Numbered(list):
    """The layers of a network that has more of them in Keras 2: whoever takes some by their number is told."""

    def __getitem__(self, which):
        found = super().__getitem__(which)
        inner = isinstance(which, slice) or which not in (0, -1)
        if inner and ("tensorflow" in sys.modules or "tf_keras" in sys.modules):
            STATE.warn(
                "Layers are numbered as in Keras 3. In Keras 2, MobileNetV3 and ConvNeXt have more of them, since each sum and "
                "product is one, so that model.layers[…] takes others there; by their names they are the same."
            )
        return found
