"""keras.applications: NASNet, of cells that join what the two cells before them made."""

from keras._applications import L, axis, builder, checked, conv, image, model, norm, only_channels_last, pooled, relu
from keras._modules import offer
from keras._offers.applications import correct_pad


def steady(x, name):
    """A batch norm whose statistics move slowly."""
    return norm(x, name, momentum=0.9997, epsilon=1e-3)


def separable(x, filters, kernel, name, strides=1):
    """Two separable convolutions, of which the first may stride."""
    x = relu(x)
    if strides == 2:
        x = L.ZeroPadding2D(correct_pad(x, kernel), name=f"separable_conv_1_pad_{name}")(x)
    for place in (1, 2):
        x = relu(x) if place == 2 else x
        strided = {"strides": 2, "padding": "valid"} if strides == 2 and place == 1 else {"padding": "same"}
        x = L.SeparableConv2D(filters, kernel, use_bias=False, name=f"separable_conv_{place}_{name}", **strided)(x)
        x = steady(x, f"separable_conv_{place}_bn_{name}")
    return x


def adjusted(before, x, filters, name):
    """What the cell before the last made, in the size and with the channels of this one."""
    if before is None:
        return x
    if before.shape[-2] != x.shape[-2]:
        before = relu(before, f"adjust_relu_1_{name}")
        moved = L.Cropping2D(((1, 0), (1, 0)))(L.ZeroPadding2D(((0, 1), (0, 1)))(before))
        halves = []
        for place, one in enumerate((before, moved), start=1):
            one = L.AveragePooling2D(1, strides=2, padding="valid", name=f"adjust_avg_pool_{place}_{name}")(one)
            halves.append(conv(one, filters // 2, 1, f"adjust_conv_{place}_{name}", padding="same"))
        return steady(L.Concatenate(axis=axis())(halves), f"adjust_bn_{name}")
    if before.shape[axis()] != filters:
        x = conv(relu(before), filters, 1, f"adjust_conv_projection_{name}", padding="same")
        return steady(x, f"adjust_bn_{name}")
    return before


def opening(x, filters, kind, name):
    """The convolution at the beginning of a cell."""
    return steady(conv(relu(x), filters, 1, f"{kind}_conv_1_{name}", padding="same"), f"{kind}_bn_1_{name}")


def average(x, name):
    return L.AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def normal(x, before, filters, name):
    before = adjusted(before, x, filters, name)
    h = opening(x, filters, "normal", name)

    def unit(x, kernel, side):
        return separable(x, filters, kernel, f"normal_{side}_{name}")

    def add(place, left, right):
        return L.Add(name=f"normal_add_{place}_{name}")([left, right])

    added = [
        add(1, unit(h, 5, "left1"), unit(before, 3, "right1")),
        add(2, unit(before, 5, "left2"), unit(before, 3, "right2")),
        add(3, average(h, f"normal_left3_{name}"), before),
        add(4, average(before, f"normal_left4_{name}"), average(before, f"normal_right4_{name}")),
        add(5, unit(h, 3, "left5"), h),
    ]
    return L.Concatenate(axis=axis(), name=f"normal_concat_{name}")([before, *added])


def reduction(x, before, filters, name):
    before = adjusted(before, x, filters, name)
    h = opening(x, filters, "reduction", name)
    padded = L.ZeroPadding2D(correct_pad(h, 3), name=f"reduction_pad_1_{name}")(h)

    def smaller(x, kernel, side):
        return separable(x, filters, kernel, f"reduction_{side}_{name}", strides=2)

    def pool(kind, side):
        return kind(3, strides=2, padding="valid", name=f"reduction_{side}_{name}")(padded)

    def add(pair, called):
        return L.Add(name=f"reduction_{called}_{name}")(pair)

    first = add([smaller(h, 5, "left1"), smaller(before, 7, "right1")], "add_1")
    second = add([pool(L.MaxPooling2D, "left2"), smaller(before, 7, "right2")], "add_2")
    third = add([pool(L.AveragePooling2D, "left3"), smaller(before, 5, "right3")], "add3")
    fourth = L.Add()([second, average(first, f"reduction_left4_{name}")])
    fifth = [separable(first, filters, 3, f"reduction_left4_{name}"), pool(L.MaxPooling2D, "right5")]
    parts = [second, third, fourth, add(fifth, "add4")]
    return L.Concatenate(axis=axis(), name=f"reduction_concat_{name}")(parts)


def NASNet(
    input_shape=None, penultimate_filters=4032, num_blocks=6, stem_block_filters=96, skip_reduction=True,
    filter_multiplier=2, include_top=True, weights="imagenet", input_tensor=None, pooling=None, classes=1000,
    default_size=None, classifier_activation="softmax", name="NASNet",
):  # fmt: skip
    """Three stages of normal cells, with cells that halve the size in front of each."""
    only_channels_last("NASNet")
    checked(weights, include_top, classes, classifier_activation)
    if weights == "imagenet" and isinstance(input_shape, tuple) and None in input_shape:
        raise ValueError(
            f"When specifying the input shape of a NASNet and loading `ImageNet` weights, the input_shape argument must be static (no None entries). Got: `input_shape={input_shape}`."
        )
    first, _ = image(input_tensor, input_shape, default_size or 331, 32, weights, include_top)
    if penultimate_filters % (24 * filter_multiplier**2):
        raise ValueError(
            f"For NASNet-A models, the `penultimate_filters` must be a multiple of 24 * (`filter_multiplier` ** 2). Current value: {penultimate_filters}"
        )
    filters = penultimate_filters // 24
    x = steady(conv(first, stem_block_filters, 3, "stem_conv1", strides=2, padding="valid"), "stem_bn1")
    x, before = reduction(x, None, filters // filter_multiplier**2, "stem_1"), x
    x, before = reduction(x, before, filters // filter_multiplier, "stem_2"), x
    for stage in range(3):
        if stage:
            wide, block = filters * filter_multiplier**stage, f"reduce_{stage * num_blocks}"
            smaller = reduction(x, before, wide, block)
            x, before = smaller, before if skip_reduction else x
        for place in range(num_blocks):
            block = stage * num_blocks + place + (1 if stage else 0)
            x, before = normal(x, before, filters * filter_multiplier**stage, block), x
    x = relu(x)
    if include_top:
        x = L.Dense(classes, activation=classifier_activation, name="predictions")(L.GlobalAveragePooling2D()(x))
    else:
        x = pooled(x, pooling, named=False)
    return model(input_tensor, first, x, name)


def nasnet(size, usual, **widths):
    """A builder; the mobile one has a size for its input without a classifier too."""
    called = f"nasnet_{size.lower()}"

    def build(input_shape=None, include_top=True, weights="imagenet", input_tensor=None, pooling=None, classes=1000,
              classifier_activation="softmax", name=called):  # fmt: skip
        if size == "Mobile" and not include_top and input_shape is None:
            input_shape = (usual, usual, 3)
        return NASNet(input_shape, include_top=include_top, weights=weights, input_tensor=input_tensor, pooling=pooling,
                      classes=classes, default_size=usual, classifier_activation=classifier_activation, name=name,
                      **widths)  # fmt: skip

    build.__name__ = f"NASNet{size}"
    return builder(build)


nasnet("Mobile", 224, penultimate_filters=1056, num_blocks=4, stem_block_filters=32, skip_reduction=False)
nasnet("Large", 331, penultimate_filters=4032, num_blocks=6, stem_block_filters=96, skip_reduction=True)
offer("keras.applications.nasnet", NASNet=NASNet)
