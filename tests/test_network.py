import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from torch import nn

from net2vec_core.config import NetworkSettings
from net2vec_core.errors import UserError
from net2vec_core.network import Call, LayerReader, build, grids, trace
from net2vec_core.weights import Preprocessing

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


def calls_of(model, size=12):
    """What `trace` tells of a model that torchvision does not have."""
    calls = []
    names = {module: name for name, module in model.named_modules()}

    def record(module, _inputs, output):
        shape = tuple(output.shape) if isinstance(output, torch.Tensor) else None
        calls.append(Call(names[module], type(module).__name__, shape))

    hooks = [module.register_forward_hook(record) for name, module in model.named_modules() if name]
    model(torch.zeros(1, 3, size, size))
    for hook in hooks:
        hook.remove()
    return calls


def reader_of(model, layers, size=12):
    return LayerReader(model.eval(), PLAIN, calls_of(model, size), layers, "cpu")


def images_of(size, images=2, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (images, size, size, 3), dtype=np.uint8)


def small():
    torch.manual_seed(0)
    return Small().eval()


def settings(model, **changes):
    return NetworkSettings(model=model, weights="random", layers=["x"], **changes)


def alexnet():
    model, preprocessing = build(settings("torchvision/alexnet"), NO_CACHE)
    return model, preprocessing, trace("torchvision/alexnet", 64)


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
def test_trace_tells_the_shapes_of_a_real_forward_pass(name, size):
    traced = trace(f"torchvision/{name}", size)
    model, _ = build(settings(f"torchvision/{name}"), NO_CACHE)
    with torch.inference_mode():
        assert traced == calls_of(model, size)
    assert len(traced) > 10


def test_trace_computes_nothing():
    before = torch.get_rng_state()
    assert trace("torchvision/vgg19", 224)[-1].shape == (1, 1000)
    assert torch.equal(torch.get_rng_state(), before)


def test_networks_that_meta_tensors_cannot_build_are_traced_too():
    calls = {call.layer: call.shape for call in trace("torchvision/regnet_y_400mf", 64)}
    assert calls["stem"] == (1, 32, 32, 32)
    assert calls["trunk_output"] == (1, 440, 2, 2)


@pytest.mark.parametrize(("name", "size"), [("alexnet", 16), ("vit_b_32", 96), ("maxvit_t", 33)])
def test_image_size_that_a_network_does_not_take_is_named(name, size):
    message = message_of(trace, f"torchvision/{name}", size)
    assert message.startswith(f"torchvision/{name} does not take images of {size}×{size} pixels: ")
    assert "\n" not in message


def test_unknown_model_is_named_with_the_nearest():
    message = message_of(trace, "torchvision/squeezenet_1_1", 64)
    assert message.startswith("torchvision has no classification model `squeezenet_1_1`; did you mean squeezenet1_1, ")


@pytest.mark.parametrize("name", ["fcn_resnet50", "maskrcnn_resnet50_fpn", "list_models"])
def test_what_does_not_classify_images_is_no_model(name):
    assert message_of(trace, f"torchvision/{name}", 64).startswith(f"torchvision has no classification model `{name}`")


def test_grids_tell_filters_height_and_width():
    calls = trace("torchvision/alexnet", 97)
    expected = {"features.3": (192, 11, 11), "avgpool": (256, 6, 6), "classifier.6": (1000, 1, 1)}
    assert grids(calls, list(expected), "net") == expected


def test_layer_that_is_not_there_is_named_with_the_nearest():
    calls = trace("torchvision/resnet18", 64)
    assert message_of(grids, calls, ["layer1.0.relu", "layer1.2.conv1"], "net").startswith(
        "`networks.net.layers`: the network has no layer `layer1.2.conv1`; did you mean layer1.1.conv1, "
    )


def test_layer_that_is_never_called_is_refused():
    assert "the network has no layer `never_called`" in message_of(grids, calls_of(small()), ["never_called"], "net")


def test_tuple_output_is_refused():
    layer = "encoder.layers.encoder_layer_0.self_attention"
    message = message_of(grids, trace("torchvision/vit_b_32", 224), [layer], "net")
    assert message == f"`networks.net.layers`: the output of `{layer}` is not filters on a grid but no tensor"


def test_tokens_are_refused_with_their_shape():
    message = message_of(grids, trace("torchvision/vit_b_32", 224), ["encoder.ln"], "net")
    assert message.endswith("the output of `encoder.ln` is not filters on a grid but of shape (1, 50, 768)")


def test_outputs_are_those_of_the_model_cut_after_each_layer():
    model, preprocessing, calls = alexnet()
    images = images_of(64)
    layers = ["features.0", "features.2", "features.11"]
    reader = LayerReader(model, preprocessing, calls, layers, "cpu")
    outputs = reader(images, torch.float32)
    assert list(outputs) == layers
    for layer in layers:
        last = int(layer.split(".")[1])
        # a model of its own, since later modules of the same would work in place
        plain = build(settings("torchvision/alexnet"), NO_CACHE)[0].features[: last + 1]
        expected = plain.to(memory_format=torch.channels_last)(preprocessing(images))
        torch.testing.assert_close(outputs[layer], expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", [torch.float16, torch.float32])
def test_in_place_module_does_not_corrupt_the_layer_before_it(dtype):
    model, preprocessing, calls = alexnet()
    reader = LayerReader(model, preprocessing, calls, ["features.0", "features.1"], "cpu")
    before, after = reader(images_of(64), dtype).values()
    assert model.features[1].inplace
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
    x = PLAIN(images)
    with torch.inference_mode():
        first = model.conv(x).clamp(min=0)
        second = (model.conv2(first) - 0.1).clamp(min=0)
    output = reader_of(model, ["relu"])(images, torch.float32)["relu"]
    torch.testing.assert_close(output, second)
    assert not torch.allclose(output, first)


def test_residual_blocks_relu_gives_the_blocks_output():
    model, preprocessing = build(settings("torchvision/resnet18"), NO_CACHE)
    calls = trace("torchvision/resnet18", 64)
    assert sum(call.layer == "layer1.0.relu" for call in calls) == 2
    reader = LayerReader(model, preprocessing, calls, ["layer1.0.relu", "layer1.0"], "cpu")
    outputs = reader(images_of(64), torch.float32)
    assert torch.equal(outputs["layer1.0.relu"], outputs["layer1.0"])


def test_fully_connected_layer_has_one_position():
    model = small()
    images = images_of(12, images=3)
    output = reader_of(model, ["head"])(images, torch.float32)["head"]
    assert output.shape == (3, 5, 1, 1)
    with torch.inference_mode():
        torch.testing.assert_close(output[:, :, 0, 0], model(PLAIN(images)))


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
    reader = LayerReader(model, Preprocessing("bgr", (1, 2, 3), (1, 2, 3)), calls_of(model, 1), ["same"], "cpu")
    assert reader(images, torch.float32)["same"].flatten().tolist() == [29.0, 9.0, pytest.approx(7 / 3)]


@pytest.mark.usefixtures("one_torch_thread")
def test_any_number_of_threads_gives_the_same_bits():
    model, preprocessing, calls = alexnet()
    reader = LayerReader(model, preprocessing, calls, ["features.0", "features.6"], "cpu")
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
    model, _ = build(settings("torchvision/googlenet"), NO_CACHE)
    assert not any(module.training for module in model.modules())
    assert not any(parameter.requires_grad for parameter in model.parameters())
