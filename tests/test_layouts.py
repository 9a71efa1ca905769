import pytest
import torch

from net2vec_core.errors import UserError
from net2vec_core.layouts import Call, Reading, read_all, read_layers
from net2vec_core.network import prefix_tokens_of, skeleton, trace
from net2vec_core.settings import NetworkSettings


def settings(model="torchvision/alexnet", layers=("x",), **changes):
    return NetworkSettings(model=model, weights="random", layers=list(layers), **changes)


def conv(*shape):
    return Call(f"conv{shape[1]}", "Conv2d", shape, planar=True)


def read(shape, *others, prefix_tokens=None, **changes):
    """How an output of this shape is read beside other calls of the pass."""
    return read_all([*others, Call("x", "Block", shape)], settings(**changes), prefix_tokens)["x"]


def read_model(name, size=224, **changes):
    chosen = settings(name, **changes)
    model = skeleton(chosen)
    return read_all(trace(model, size, name), chosen, prefix_tokens_of(model))


def message_of(function, *arguments):
    with pytest.raises(UserError) as caught:
        function(*arguments)
    return str(caught.value)


def refusal(name, layer, size=224):
    model = skeleton(settings(name))
    return message_of(read_layers, trace(model, size, name), settings(name, [layer]), "net", prefix_tokens_of(model))


@pytest.mark.parametrize(
    ("reading", "shape"),
    [
        (Reading(3, 4, 5), (2, 3, 4, 5)),
        (Reading(3, 1, 1), (2, 3)),
        (Reading(3, 4, 5, "channels_last"), (2, 4, 5, 3)),
        (Reading(3, 4, 5, "channels_last"), (2, 20, 3)),
        (Reading(3, 4, 5, "channels_last", 2), (2, 22, 3)),
        (Reading(3, 4, 5, "channels_first", 2), (2, 3, 22)),
    ],
)
def test_outputs_are_arranged_as_by_hand(reading, shape):
    output = torch.arange(torch.tensor(shape).prod()).reshape(shape)
    arranged = reading.arrange(output)
    assert arranged.shape == (2, *reading.grid)
    for image in range(2):
        for filter_ in range(reading.filters):
            values = output[image].select(-1 if reading.layout == "channels_last" else 0, filter_).flatten()
            for y in range(reading.height):
                for x in range(reading.width):
                    token = reading.prefix + y * reading.width + x
                    assert arranged[image, filter_, y, x] == values[token]


def test_one_value_a_filter_is_one_position():
    assert read((10,)) == Reading(10, 1, 1)


def test_what_a_convolution_gives_is_never_in_doubt():
    for shape in [(16, 16, 16), (16, 16, 4), (3, 8, 5)]:
        assert read_all([conv(*shape)], settings(), None)[f"conv{shape[1]}"] == Reading(*shape)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((64, 14, 10), Reading(64, 14, 10)),
        ((14, 10, 64), Reading(64, 14, 10, "channels_last")),
        ((64, 7, 5), Reading(64, 7, 5)),
        ((4, 3, 64), Reading(64, 4, 3, "channels_last")),
        ((64, 1, 1), Reading(64, 1, 1)),
        ((64, 10, 14), None),
        ((12, 64, 64), None),
        ((12, 140, 64), None),
    ],
)
def test_maps_have_the_convolutions_grid_or_its_halves(shape, expected):
    assert read(shape, conv(8, 14, 10)) == expected


def test_a_map_that_may_lie_both_ways_lies_as_all_others_do():
    first, last = Call("a", "Block", (3, 16, 16)), Call("b", "Block", (16, 16, 3))
    assert read((16, 16, 16), conv(8, 16, 16), first) == Reading(16, 16, 16)
    assert read((16, 16, 16), conv(8, 16, 16), first, last) is None
    assert read((16, 16, 16), conv(8, 16, 16), last, layouts={"x": "channels_last"}) == Reading(
        16, 16, 16, "channels_last"
    )


def test_attention_from_token_to_token_is_no_map():
    tokens = Call("tokens", "Block", (16, 32))
    assert read((4, 16, 16), conv(8, 16, 16)) == Reading(4, 16, 16)
    assert read((4, 16, 16), conv(8, 16, 16), tokens) is None


@pytest.mark.parametrize(
    ("shape", "prefix_tokens", "expected"),
    [
        ((140, 48), None, Reading(48, 14, 10, "channels_last")),
        ((141, 48), None, Reading(48, 14, 10, "channels_last", 1)),
        ((145, 48), 5, Reading(48, 14, 10, "channels_last", 5)),
        ((140, 48), 5, Reading(48, 14, 10, "channels_last")),
        ((48, 140), None, Reading(48, 14, 10)),
        ((35, 48), None, Reading(48, 7, 5, "channels_last")),
        ((145, 48), None, None),
        ((141, 48), 5, None),
        ((141, 140), None, None),
        ((49, 48), None, None),
    ],
)
def test_tokens_make_the_convolutions_grid_or_its_halves(shape, prefix_tokens, expected):
    assert read(shape, conv(8, 14, 10), prefix_tokens=prefix_tokens) == expected


def test_stated_tokens_and_layout_come_first():
    others = [conv(8, 14, 10)]
    assert read((145, 48), *others, prefix_tokens=1) is None
    chosen = settings(prefix_tokens=5)
    assert read_all([*others, Call("x", "Block", (145, 48))], chosen, 1)["x"] == Reading(48, 14, 10, "channels_last", 5)
    assert read((141, 140), *others, layouts={"x": "channels_last"}) == Reading(140, 14, 10, "channels_last", 1)
    assert read((141, 140), *others, layouts={"x": "channels_first"}) == Reading(141, 14, 10)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((49, 30), Reading(30, 7, 7, "channels_last")),
        ((50, 30), Reading(30, 7, 7, "channels_last", 1)),
        ((48, 30), None),
        ((49, 64), None),
        ((30, 7, 7), Reading(30, 7, 7)),
        ((7, 7, 30), Reading(30, 7, 7, "channels_last")),
        ((7, 7, 7), None),
        ((30, 7, 6), None),
    ],
)
def test_without_any_convolution_a_square_image_has_a_square_grid(shape, expected):
    assert read(shape) == expected


def test_vision_transformers_tokens_are_read_without_the_class_token():
    readings = read_model("torchvision/vit_b_16")
    tokens = Reading(768, 14, 14, "channels_last", 1)
    assert readings["conv_proj"] == Reading(768, 14, 14)
    assert readings["encoder.layers.encoder_layer_3"] == readings["encoder.layers.encoder_layer_3.ln_1"] == tokens
    assert readings["encoder.layers.encoder_layer_3.self_attention@0"] == tokens
    assert readings["encoder.layers.encoder_layer_3.mlp.0"] == Reading(3072, 14, 14, "channels_last", 1)
    assert readings["heads.head"] == Reading(1000, 1, 1)


def test_register_tokens_are_set_aside():
    readings = read_model("timm/vit_small_patch14_reg4_dinov2", 112, options={"img_size": 112})
    assert readings["patch_embed"] == Reading(384, 8, 8, "channels_last")
    assert readings["blocks.5"] == Reading(384, 8, 8, "channels_last", 5)


@pytest.mark.parametrize("size", [64, 224])
def test_swins_blocks_lie_channels_last(size):
    readings = read_model("torchvision/swin_t", size)
    for number, (block, filters) in enumerate([("1.0", 96), ("3.1", 192), ("5.5", 384), ("7.1", 768)]):
        side = size // 4 // 2**number
        expected = Reading(filters, side, side, "channels_last")
        assert readings[f"features.{block}"] == readings[f"features.{block}.norm1"] == expected
    assert readings["permute"] == Reading(768, side, side)


def test_convnexts_blocks_turn_to_channels_last_and_back():
    readings = read_model("torchvision/convnext_tiny", 64)
    assert readings["features.1.0"] == readings["features.1.0.block.6"] == Reading(96, 16, 16)
    for inner, filters in [(1, 96), (2, 96), (3, 384), (4, 384), (5, 96)]:
        assert readings[f"features.1.0.block.{inner}"] == Reading(filters, 16, 16, "channels_last")


def test_mixers_turned_tokens_lie_channels_first():
    readings = read_model("timm/mixer_s32_224", 224)
    assert readings["blocks.0"] == Reading(512, 7, 7, "channels_last")
    assert readings["blocks.0.mlp_tokens"] == Reading(512, 7, 7)
    assert readings["blocks.0.mlp_tokens.fc1"] is None


@pytest.mark.parametrize(
    ("model", "layer"),
    [
        ("timm/cait_xxs24_224", "blocks.0.attn.attn_drop"),
        ("timm/cait_xxs24_224", "blocks.0.attn.proj_l"),
        ("timm/vit_small_patch14_reg4_dinov2", "blocks.0.attn.q_norm"),
        ("torchvision/maxvit_t", "blocks.0.layers.0.layers.window_attention.attn_layer"),
        ("timm/swin_tiny_patch4_window7_224", "layers.0.blocks.0.attn"),
    ],
)
def test_heads_and_windows_are_not_filters_on_a_grid(model, layer):
    assert read_model(model, 518 if "dinov2" in model else 224)[layer] is None


def test_layer_that_is_not_there_is_named_with_the_nearest():
    assert refusal("torchvision/resnet18", "layer1.2.conv1", 64).startswith(
        "`networks.net.layers`: the network has no layer `layer1.2.conv1`; did you mean layer1.1.conv1, "
    )


def test_output_of_several_parts_is_refused_with_their_names():
    layer = "encoder.layers.encoder_layer_0.self_attention"
    assert refusal("torchvision/vit_b_16", layer) == (
        f"`networks.net.layers`: the output of `{layer}` is not filters on a grid but several outputs;"
        f" name one of its outputs: {layer}@0"
    )


def test_windows_are_refused_with_their_shape():
    assert refusal("timm/swin_tiny_patch4_window7_224", "layers.0.blocks.0.attn") == (
        "`networks.net.layers`: the output of `layers.0.blocks.0.attn` is not filters on a grid but of shape"
        " 128 × 49 × 96 for 2 images"
    )


def test_tokens_in_doubt_are_refused_with_their_shape_and_what_to_say():
    assert refusal("timm/mixer_s32_224", "blocks.0.mlp_tokens.fc1") == (
        "`networks.net.layers`: the output of `blocks.0.mlp_tokens.fc1` is not filters on a grid but 512 × 256, as far"
        " as can be told; if it is, say how it lies in `networks.net.layouts` (`blocks.0.mlp_tokens.fc1:"
        " channels_first` or `channels_last`), and the class and register tokens in `networks.net.prefix_tokens`"
    )
