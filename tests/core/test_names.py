"""Networks by name: as people write them, nearly right, of several kinds, with arguments, within others."""

import pytest

from paramcount import ParamcountError, derive, network
from paramcount.architectures import catalogue, find
from paramcount.architectures.base import Architecture


def parameters(call: str, framework: str | None = None) -> int:
    return derive(network(call, framework=framework)).totals.parameters.value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ResNet-50", "resnet50"),
        ("ResNet50", "ResNet50"),
        ("resnet_50", "resnet50"),
        ("AlexNet", "alexnet"),
        ("VGG-16", "vgg16"),
        ("LeNet-5", "lenet5"),
        ("U-Net", "unet"),
        ("FCN-8s", "fcn8s"),
        ("Wide ResNet-50-2", "wide_resnet50_2"),
        ("EfficientNet-B0", "efficientnet_b0"),
        ("Inception-v3", "inception_v3"),
        ("Xception", "Xception"),
        ("ViT-B/16", "vit_b_16"),
        ("SqueezeNet1.1", "squeezenet1_1"),
        ("keras.applications.ResNet50", "ResNet50"),
        ("torchvision.models.resnet50", "resnet50"),
    ],
)
def test_names_as_people_write_them(written: str, name: str) -> None:
    """PyTorch's where both frameworks have it, unless the spelling is Keras's own."""
    assert parameters(written) == catalogue()[name].total


def test_the_framework_that_is_asked_for_decides() -> None:
    assert find("ResNet-50", "keras") is catalogue()["ResNet50"]
    assert find("ResNet50", "pytorch") is catalogue()["resnet50"]
    assert parameters("ResNet-50", "keras") == 25_636_712


@pytest.mark.parametrize(
    ("written", "near"),
    [
        ("resnt50()", "resnet50"),
        ("resnet51()", "resnet56 or ResNet50 or resnet50"),
        ("efficientnet", "efficientnet_b0"),
        ("ResNeXt-50", "resnext50_32x4d"),
        ("LeNet", "lenet5"),
        ("DCGAN", "dcgan_generator or dcgan_discriminator"),
        ("squeezenet", "squeezenet1_0 or squeezenet1_1"),
        ("MobileNet v3", "MobileNetV3Large"),
        ("resnet18(num_class=10)", "num_classes"),
    ],
)
def test_a_name_that_is_nearly_right_gets_the_closest(written: str, near: str) -> None:
    with pytest.raises(ParamcountError, match=f"Did you mean .*{near}"):
        network(written)


@pytest.mark.parametrize("written", ["VGG16 without top", "VGG16 no top", "VGG16 alpha=0.5", "VGG16 10 classes"])
def test_what_is_changed_is_written_as_arguments(written: str) -> None:
    with pytest.raises(ParamcountError, match=r"Write what is to be changed as arguments, such as VGG16\(include_top"):
        network(written)


@pytest.mark.parametrize("one", catalogue().values(), ids=lambda one: one.name)
def test_what_others_count_is_told_and_true(one: Architecture) -> None:
    notes = " ".join(derive(network(f"{one.name}()", input_shape=one.input_shape)).notes)
    for other in one.variant.beside:
        assert f"{other.total:,}" in notes
        assert not other.call or parameters(other.call) == other.total
    twins = [
        other
        for other in catalogue().values()
        if other.name.lower().replace("_", "") == one.name.lower().replace("_", "")
    ]
    for twin in twins:
        assert twin.total == one.total or f"{twin.name} of {twin.builder}: {twin.total:,}" in notes


def test_alexnet_is_told_in_three_sizes() -> None:
    (told,) = [note for note in derive(network("AlexNet")).notes if "by default" in note]
    for count in ("61,100,840", "60,965,224", "62,378,344"):
        assert count in told


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("resnet18(10)", "takes keyword arguments only"),
        ("resnet18(depth=3)", "has no argument 'depth'. The signature is resnet18"),
        ("resnet18(num_classes=0)", "num_classes: input should be greater than or equal to 1, received 0"),
        ("resnet18(layers=[1, 1])", "layers: .*at least 4"),
        ("resnet18(groups=2)", "a basic block has groups=1"),
        ("resnet34(replace_stride_with_dilation=[False, False, True])", "a basic block has no dilation"),
        ("vit_b_16(image_size=100)", "image_size=100 does not divide"),
        ("maxvit_t(input_size=[224, 448])", "must be square"),
        ("mobilenet_v2(width_mult=-1)", "width_mult: input should be greater than 0"),
        ("mobilenet_v2(inverted_residual_setting=[[1, 16, 2000000000, 1]])", "less than or equal to 1000"),
        ("resnet18(layers=[1001, 1, 1, 1])", "less than or equal to 1000"),
        ("ResNet50(classes=3, num_classes=4)", "num_classes is given twice"),
        ("ResNet50(in_channels=1, input_shape=(64, 64, 3))", "in_channels=1, but input_shape"),
        ("Conv2D(5, 3), ResNet50(in_channels=5)", "told by what flows in"),
        ("Conv2d(3, 3, 1), ResNet50()", "spelt as in PyTorch, layer 1.conv1_pad .* as in Keras. Write all as one"),
        ("fcn8s(image_size=1000000000000)", "image_size"),
    ],
)
def test_arguments_are_checked(written: str, message: str) -> None:
    with pytest.raises(ParamcountError, match=message) as caught:
        network(written)
    assert len(str(caught.value)) < 400


def test_keras_is_told_its_channels_in_two_ways() -> None:
    grey = parameters("ResNet50(in_channels=1)")
    assert grey == parameters("ResNet50(input_shape=(224, 224, 1))") == 25_636_712 - 2 * 64 * 49
    with pytest.raises(ParamcountError, match="in_channels=1, but input_shape"):
        network("ResNet50(in_channels=1)", input_shape=(64, 64, 3))


def test_weights_change_googlenet_and_nothing_else() -> None:
    for weights in ("weights='DEFAULT'", "pretrained=True", "aux_logits=False"):
        assert parameters(f"googlenet({weights})") == 6_624_904
    assert parameters("googlenet(pretrained=False)") == parameters("googlenet(weights=None)") == 13_004_888
    assert parameters("resnet18(weights='DEFAULT', progress=False)") == 11_689_512


def test_a_network_stands_within_others() -> None:
    def figures(call: str, channels: int = 3) -> tuple[int, object]:
        report = derive(network(call, input_shape=(channels, 64, 64)))
        return report.totals.parameters.value, report.output_shape

    body = 11_176_512
    assert figures("Frozen(resnet18(include_top=False)), Flatten(), Linear(2048, 3)") == (body + 6147, (3,))
    assert figures("Concat([resnet18(include_top=False)], [resnet18(include_top=False)])") == (2 * body, (1024, 2, 2))
    assert figures("Residual(unet(padding=True, num_classes=1))", 1) == (31_030_593, (1, 64, 64))
    assert figures("Repeat(2, unet(padding=True, num_classes=1))", 1) == (2 * 31_030_593, (1, 64, 64))
    twice = "body = resnet18(include_top=False), again = body(input), Add()(body, again)"
    assert figures(twice) == (body, (512, 2, 2))
