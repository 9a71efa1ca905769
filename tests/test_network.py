import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from net2vec_core.errors import UserError
from net2vec_core.layouts import read_layers
from net2vec_core.network import LayerReader, build, skeleton, trace
from net2vec_core.preprocessing import IMAGENET, Preprocessing
from net2vec_core.settings import NetworkSettings

PLAIN = Preprocessing("rgb", (0.0, 0.0, 0.0), (255.0, 255.0, 255.0))
NO_CACHE = Path("unused")


class Small(nn.Module):
    """Convolutions with everything that makes reading layers hard: in-place work, a module called twice, a tuple."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1)
        self.pair = Pair()
        self.head = nn.Linear(4, 5)
        self.never_called = nn.Identity()

    def forward(self, images):
        x = self.relu(self.conv(images))
        x = self.relu(self.conv2(x) - 0.1)
        _, x = self.pair(x)
        return self.head(x.mean((2, 3)))


class Pair(nn.Module):
    def forward(self, x):
        return x, x + 1


def reader_of(model, layers, size=12, preprocessing=PLAIN):
    calls = trace(model.eval(), size, "the model")
    readings = read_layers(calls, settings("torchvision/alexnet", layers=layers), "net")
    return LayerReader(model, preprocessing, calls, readings, "cpu")


def images_of(size, images=2, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (images, size, size, 3), dtype=np.uint8)


def small():
    torch.manual_seed(0)
    return Small().eval()


def settings(model, layers=("x",), **changes):
    return NetworkSettings(model=model, weights="random", layers=list(layers), **changes)


def traced(name, size):
    return trace(skeleton(settings(name)), size, name)


def built(name):
    return build(settings(f"torchvision/{name}"), NO_CACHE)[0]


def alexnet_reader(layers):
    return reader_of(built("alexnet"), layers, 64, IMAGENET)


@pytest.fixture
def one_torch_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "size"),
    [("alexnet", 97), ("squeezenet1_1", 64), ("resnet18", 65), ("googlenet", 64)],
)
def test_a_trace_without_computing_tells_what_a_forward_pass_does(name, size):
    calls = traced(f"torchvision/{name}", size)
    assert calls == trace(built(name), size, name)
    assert len(calls) > 10


def test_trace_tells_the_shapes_of_outputs():
    shapes = {call.layer: call.shape for call in trace(small(), 12, "small")}
    assert shapes == {
        "conv": (4, 10, 10),
        "relu": (4, 10, 10),
        "conv2": (4, 10, 10),
        "pair": None,
        "pair@0": (4, 10, 10),
        "pair@1": (4, 10, 10),
        "head": (5,),
    }


def test_trace_computes_nothing():
    before = torch.get_rng_state()
    assert traced("torchvision/vgg19", 224)[-1].shape == (1000,)
    assert torch.equal(torch.get_rng_state(), before)


def test_trace_leaves_no_hook():
    model = small()
    trace(model, 12, "small")
    assert not any(module._forward_hooks for module in model.modules())


def test_networks_that_meta_tensors_cannot_build_are_traced_too():
    calls = {call.layer: call.shape for call in traced("torchvision/regnet_y_400mf", 64)}
    assert calls["stem"] == (32, 32, 32)
    assert calls["trunk_output"] == (440, 2, 2)


@pytest.mark.parametrize(("name", "size"), [("alexnet", 16), ("vit_b_32", 96), ("maxvit_t", 33)])
def test_image_size_that_a_network_does_not_take_is_named(name, size):
    message = message_of(traced, f"torchvision/{name}", size)
    assert message.startswith(f"torchvision/{name} does not take images of {size}×{size} pixels: ")
    assert "\n" not in message


def test_outputs_are_those_of_the_model_cut_after_each_layer():
    images = images_of(64)
    layers = ["features.0", "features.2", "features.11"]
    outputs = alexnet_reader(layers)(images, torch.float32)
    assert list(outputs) == layers
    for layer in layers:
        last = int(layer.split(".")[1])
        # a model of its own, since later modules of the same would work in place
        plain = built("alexnet").features[: last + 1]
        expected = plain.to(memory_format=torch.channels_last)(IMAGENET(torch.from_numpy(images)))
        torch.testing.assert_close(outputs[layer], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_in_place_module_does_not_corrupt_the_layer_before_it(dtype):
    reader = alexnet_reader(["features.0", "features.1"])
    before, after = reader(images_of(64), dtype).values()
    assert reader.model.features[1].inplace
    assert before.dtype == after.dtype == dtype
    assert before.min() < 0
    assert torch.equal(before.clamp(min=0), after)


def test_outputs_do_not_depend_on_which_other_layers_are_read():
    images = images_of(12)
    layers = ["conv", "relu", "conv2", "head"]
    together = reader_of(small(), layers)(images, torch.float32)
    for layer in layers:
        assert torch.equal(reader_of(small(), [layer])(images, torch.float32)[layer], together[layer])


def test_order_of_layers_does_not_matter():
    images = images_of(12)
    forwards = reader_of(small(), ["conv", "conv2"])(images, torch.float32)
    backwards = reader_of(small(), ["conv2", "conv"])(images, torch.float32)
    assert all(torch.equal(forwards[layer], backwards[layer]) for layer in ("conv", "conv2"))


@pytest.mark.parametrize(("layers", "not_run"), [(["conv"], "relu"), (["conv2", "conv"], "pair"), (["relu"], "pair")])
def test_pass_ends_with_the_last_layer(layers, not_run):
    model = small()
    reader = reader_of(model, layers)
    ran = []
    model.get_submodule(not_run).register_forward_pre_hook(lambda *_arguments: ran.append(not_run))
    model.conv.register_forward_pre_hook(lambda *_arguments: ran.append("conv"))
    reader(images_of(12), torch.float32)
    assert ran == ["conv"]


def test_module_that_is_called_twice_gives_its_last_output():
    model = small()
    images = images_of(12)
    x = PLAIN(torch.from_numpy(images))
    with torch.inference_mode():
        first = model.conv(x).clamp(min=0)
        second = (model.conv2(first) - 0.1).clamp(min=0)
    output = reader_of(model, ["relu"])(images, torch.float32)["relu"]
    torch.testing.assert_close(output, second)
    assert not torch.allclose(output, first)


def test_residual_blocks_relu_gives_the_blocks_output():
    model = built("resnet18")
    assert sum(call.layer == "layer1.0.relu" for call in trace(model, 64, "resnet18")) == 2
    outputs = reader_of(model, ["layer1.0.relu", "layer1.0"], 64)(images_of(64), torch.float32)
    assert torch.equal(outputs["layer1.0.relu"], outputs["layer1.0"])


def test_fully_connected_layer_has_one_position():
    model = small()
    images = images_of(12, images=3)
    output = reader_of(model, ["head"])(images, torch.float32)["head"]
    assert output.shape == (3, 5, 1, 1)
    with torch.inference_mode():
        torch.testing.assert_close(output[:, :, 0, 0], model(PLAIN(torch.from_numpy(images))))


def test_reader_can_be_called_again_and_again():
    reader = reader_of(small(), ["conv", "relu"])
    first = reader(images_of(12, seed=1), torch.float32)
    reader(images_of(12, seed=2), torch.float32)
    again = reader(images_of(12, seed=1), torch.float32)
    assert all(torch.equal(first[layer], again[layer]) for layer in first)


def test_mistake_inside_the_model_is_not_swallowed():
    reader = reader_of(small(), ["conv"])
    with pytest.raises(RuntimeError, match="Kernel size can't be greater"):
        reader(images_of(2), torch.float32)


def test_channel_order_and_scale_reach_the_network():
    class Same(nn.Module):
        def __init__(self):
            super().__init__()
            self.same = nn.Identity()

        def forward(self, x):
            return self.same(x)

    model = Same()
    images = np.array([[[[10, 20, 30]]]], np.uint8)
    reader = reader_of(model, ["same"], 1, Preprocessing("bgr", (1, 2, 3), (1, 2, 3)))
    assert reader(images, torch.float32)["same"].flatten().tolist() == [29.0, 9.0, pytest.approx(7 / 3)]


@pytest.mark.usefixtures("one_torch_thread")
def test_any_number_of_threads_gives_the_same_bits():
    reader = alexnet_reader(["features.0", "features.6"])
    batches = [images_of(64, seed=seed) for seed in range(4)]
    start = threading.Barrier(4)

    def read_all(first):
        start.wait(60)
        order = [*range(first, 4), *range(first)]  # each thread works on another batch
        return {batch: reader(batches[batch], torch.float32) for batch in order}

    alone = [reader(batch, torch.float32) for batch in batches]
    with ThreadPoolExecutor(4) as pool:
        for outputs in pool.map(read_all, range(4)):
            for batch, expected in enumerate(alone):
                assert all(torch.equal(outputs[batch][layer], expected[layer]) for layer in expected)


def test_random_weights_are_those_of_their_seed():
    first, again, other = (
        build(settings("torchvision/squeezenet1_1", seed=seed), NO_CACHE)[0].state_dict() for seed in (3, 3, 4)
    )
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["features.0.weight"], other["features.0.weight"])


def test_random_weights_do_not_depend_on_the_global_generator_nor_change_it():
    torch.manual_seed(1)
    first = build(settings("torchvision/squeezenet1_1"), NO_CACHE)[0]
    torch.manual_seed(2)
    before = torch.get_rng_state()
    second = build(settings("torchvision/squeezenet1_1"), NO_CACHE)[0]
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.equal(first.features[0].weight, second.features[0].weight)


def test_random_weights_are_torchvisions_own():
    torch.manual_seed(7)
    expected = torchvision.models.squeezenet1_1(weights=None)
    model, _ = build(settings("torchvision/squeezenet1_1", seed=7), NO_CACHE)
    assert torch.equal(model.classifier[1].weight, expected.classifier[1].weight)


def test_network_is_frozen_and_in_evaluation_mode():
    model = built("googlenet")
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())
