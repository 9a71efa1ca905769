import os

import pytest
import yaml

from net2vec_core.config import RESERVED_NAMES, Config, dump, load, parse_config
from net2vec_core.dependencies import made_from
from net2vec_core.errors import UserError
from net2vec_core.settings import kind_of

NETWORK = {"model": "torchvision/alexnet", "weights": "random", "layers": ["features.0"]}
STAGES_OF_LAYERS = ["filter_masks", "single_filter", "segmentation", "tables", "relations"]
STAGES_OF_CLASSIFICATION = ["pool", "classification", "classification_table"]
STAGES = ["dataset", "concepts", "network", "probe", *STAGES_OF_LAYERS, *STAGES_OF_CLASSIFICATION]


def message_of(values):
    with pytest.raises(UserError) as caught:
        parse_config(values, "run.yaml")
    return str(caught.value)


def lines_of(values):
    head, *lines = message_of(values).splitlines()
    assert head == "run.yaml is not a valid configuration:"
    return [line.strip() for line in lines]


def network(**changes):
    return {"networks": {"net": NETWORK | changes}}


def config(**values):
    return parse_config({"networks": {"net": NETWORK}} | values, "run.yaml")


def changed_stages(before, after, network="net"):
    return {stage for stage in STAGES if made_from(before, stage, network) != made_from(after, stage, network)}


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"treshold": {}}, "`treshold` is not a key; did you mean threshold?"),
        ({"dataset": {"mask_sise": 3}}, "`dataset.mask_sise` is not a key; did you mean mask_size, image_size?"),
        ({"dataset": {"toy": {"sed": 3}}}, "`dataset.toy.sed` is not a key; did you mean seed?"),
        (network(layer=[]), "`networks.net.layer` is not a key; did you mean layers, layouts?"),
        (
            {"networks": {"model": NETWORK | {"weigths": ""}}},
            "`networks.model.weigths` is not a key; did you mean weights?",
        ),
        ({"qqq": 1}, "`qqq` is not a key"),
        ({1: 2}, "`1` is not a key, not 1"),
    ],
)
def test_unknown_key_is_named_with_its_nearest(values, line):
    assert lines_of(values) == [line]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"run": 3}, "`run` should be text, not 3; put it in quotes"),
        ({"threshold": {"quantile": "0.1"}}, '`threshold.quantile` should be a valid number, not "0.1"'),
        ({"threshold": {"quantile": True}}, "`threshold.quantile` should be a valid number, not true"),
        ({"compute": {"batch_size": 1.5}}, "`compute.batch_size` should be a valid integer, not 1.5"),
        ({"upsampling": {"align_corners": "yes"}}, '`upsampling.align_corners` should be a valid boolean, not "yes"'),
        ({"dataset": None}, "`dataset` should be a mapping of keys to values, not null"),
        ({"networks": ["net"]}, '`networks` should be a mapping of names to values, not ["net"]'),
        (network(layers="features.0"), '`networks.net.layers` should be a list, not "features.0"'),
        ({"dataset": {"reader": "broden", "path": 5}}, "`dataset.path` should be a path, not 5"),
        ({"segmentation": {"seeds": [0, "x"]}}, '`segmentation.seeds.1` should be a valid integer, not "x"'),
        ([1, 2], "it should be a mapping of keys to values, not [1, 2]"),
        ("text", 'it should be a mapping of keys to values, not "text"'),
    ],
)
def test_wrong_type_is_named_with_what_was_given(values, line):
    assert lines_of(values) == [line]


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"threshold": {"quantile": 0}}, "`threshold.quantile` should be greater than 0, not 0"),
        ({"threshold": {"quantile": 1}}, "`threshold.quantile` should be less than 1, not 1"),
        ({"threshold": {"quantile": float("nan")}}, "`threshold.quantile` should be less than 1, not NaN"),
        ({"dataset": {"mask_size": 0}}, "`dataset.mask_size` should be greater than or equal to 1, not 0"),
        (network(layers=["a", "b", "a"]), "`networks.net.layers`: listed more than once: a"),
        (network(layers=[]), "`networks.net.layers` should not be empty, not []"),
        (network(weights=""), '`networks.net.weights` should not be empty, not ""'),
        ({"networks": {}}, "`networks` should not be empty"),
        (
            {"networks": {"net": {"model": "torchvision/alexnet", "weights": "random"}}},
            "`networks.net.layers` is missing",
        ),
        (
            {"networks": {"figures": NETWORK}},
            "`networks`: `figures` is the name of a results folder; call the network something else",
        ),
        (
            {"networks": {"my net": NETWORK}},
            '`networks.my net` must be letters, digits, `-` and `_`, not "my net"',
        ),
        ({"run": "../x"}, '`run` must be letters, digits, `-` and `_`, not "../x"'),
        (
            {"compute": {"device": "gpu"}},
            '`compute.device` must be `auto`, `cpu`, `cuda` or `cuda:1`, not "gpu"',
        ),
        ({"segmentation": {"seeds": [0, 1, 0]}}, "`segmentation.seeds`: listed more than once: 0"),
        ({"classification": {"subsets": [4, 4]}}, "`classification.subsets`: listed more than once: 4"),
        (
            {"classification": {"subsets": [0]}},
            "`classification.subsets.0` should be greater than or equal to 1, not 0",
        ),
        ({"segmentation": {"seeds": [-1]}}, "`segmentation.seeds.0` should be greater than or equal to 0, not -1"),
        (
            {"dataset": {"reader": "broden"}},
            "`dataset`: `path` must name the folder of the data for reader `broden`",
        ),
        (
            {"dataset": {"reader": "broden", "path": "data", "broden": {"download": True}}},
            "`dataset`: `path` names data that are there, `broden.download: true` fetches them into `cache`: "
            "set one of them",
        ),
        (
            {"dataset": {"path": "broden"}},
            "`dataset`: `path` is not for reader `toy`, which draws its own data: set another reader, or no path",
        ),
        ({"dataset": {"fit": "pad"}}, "`dataset.fit` should be 'stretch' or 'crop', not \"pad\""),
        ({"dataset": {"on_bad_image": "drop"}}, "`dataset.on_bad_image` should be 'error' or 'skip', not \"drop\""),
        ({"dataset": {"split": {"val_share": 1}}}, "`dataset.split.val_share` should be less than 1, not 1"),
        (
            {"dataset": {"folder": {"ignore": [65536]}}},
            "`dataset.folder.ignore.0` should be less than or equal to 65535, not 65536",
        ),
    ],
)
def test_impossible_value_is_named(values, line):
    assert lines_of(values) == [line]


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_no_network_takes_the_name_of_a_results_folder(name):
    assert f"`{name}` is the name of a results folder" in message_of({"networks": {name: NETWORK}})


def test_several_mistakes_come_in_one_message():
    lines = lines_of(
        {"rum": "x", "threshold": {"quantile": 2}, "networks": {"net": NETWORK | {"seed": -1, "seeds": 1}}}
    )
    assert lines == [
        "`networks.net.seed` should be greater than or equal to 0, not -1",
        "`networks.net.seeds` is not a key; did you mean seed, std?",
        "`threshold.quantile` should be less than 1, not 2",
        "`rum` is not a key; did you mean run?",
    ]


def test_a_word_for_categories_offers_both_alternatives():
    assert lines_of({"concepts": {"categories": "animal"}}) == [
        "`concepts.categories` should be 'all', not \"animal\"",
        '`concepts.categories` should be a list, not "animal"',
    ]


def test_missing_file_is_named(tmp_path):
    path = tmp_path / "run.yaml"
    with pytest.raises(UserError, match="^" + str(path) + r": the configuration cannot be read \(No such file"):
        load(path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"run: [x\nthreshold: 1", "line 2, column 10"),
        (b"run: \xff\xfe", "its bytes from 5 on are not UTF-8"),
        (b"run: a\nrun: b", "line 2, column 1: `run` stands here a second time"),
        (b"dataset:\n\treader: toy", "that cannot start any token; indent with spaces"),
        (b"run: 2020-13-45", "month must be in 1..12"),
        (b"run: !!python/object/apply:os.system ['true']", "could not determine a constructor"),
    ],
)
def test_what_is_not_yaml_is_named_with_its_place(tmp_path, content, reason):
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    with pytest.raises(UserError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path} is not valid YAML: ")
    assert reason in str(caught.value)


def test_a_mistake_in_a_file_is_reported_under_its_path(tmp_path):
    path = tmp_path / "run.yaml"
    path.write_text("compute: {device: gpu}")
    with pytest.raises(UserError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path} is not a valid configuration:\n  `compute.device` ")


@pytest.mark.parametrize("text", ["", "{}", "run: demo"])
def test_keys_that_are_left_out_take_their_defaults(tmp_path, text):
    path = tmp_path / "run.yaml"
    path.write_text(text)
    assert load(path) == Config()


def test_defaults_are_themselves_valid():
    assert parse_config(Config().model_dump(mode="json"), "defaults") == Config()


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"dataset": {"reader": "broden", "path": "data/Größe, 1"}, "cache": "~/x"},
        {"concepts": {"include": ["null", "1", "sky, blue", "ü"], "categories": ["part"]}},
        {"threshold": {"quantile": 1e-7}, "segmentation": {"seeds": [3, 1]}, "upsampling": {"align_corners": False}},
    ],
)
def test_dump_and_load_give_the_same_configuration(tmp_path, values):
    path = tmp_path / "run.yaml"
    path.write_text(dump(config(**values)), encoding="utf-8")
    assert load(path) == config(**values)
    assert dump(load(path)) == path.read_text(encoding="utf-8")


def test_dump_holds_every_key():
    assert yaml.safe_load(dump(Config())) == Config().model_dump(mode="json")


def test_a_whole_number_is_a_number():
    with pytest.raises(UserError, match="less than 1"):
        config(threshold={"quantile": 1})
    assert config(threshold={"quantile": 0.5}).threshold.quantile == 0.5


def test_tilde_stands_for_the_home_folder(monkeypatch):
    monkeypatch.setenv("HOME", "/home/ada")
    read = parse_config(network(weights="~/w.pt") | {"dataset": {"reader": "broden", "path": "~/broden"}}, "run.yaml")
    assert os.fspath(read.dataset.path) == "/home/ada/broden"
    assert read.networks["net"].weights == "/home/ada/w.pt"


def test_settings_cannot_be_changed_after_the_check():
    with pytest.raises(ValueError, match="frozen"):
        Config().run = "other"


def test_unknown_network_is_named_with_the_known_ones():
    with pytest.raises(UserError, match=r"^`networks`: the configuration has no network `nett`; it has net$"):
        config().network("nett")
    with pytest.raises(UserError, match="no network `nett`"):
        made_from(config(), "probe", "nett")


def test_nothing_depends_on_a_networks_list_of_layers():
    other = parse_config(network(layers=["features.3", "features.6"]), "run.yaml")
    assert changed_stages(config(), other) == set()


def test_nothing_depends_on_other_networks_or_the_names_of_things():
    other = config(run="other", cache="/elsewhere", networks={"net": NETWORK, "second": NETWORK | {"seed": 4}})
    assert changed_stages(config(), other) == set()


@pytest.mark.parametrize(
    ("values", "stages"),
    [
        ({"dataset": {"image_size": 96}}, set(STAGES)),
        ({"dataset": {"mask_size": 56}}, set(STAGES) - {"network"}),
        ({"dataset": {"toy": {"seed": 1}}}, set(STAGES) - {"network"}),
        ({"dataset": {"broden": {"url": "https://mirror.org", "sha256": "0" * 64}}}, set()),
        ({"threshold": {"quantile": 0.01}}, set(STAGES_OF_LAYERS)),
        ({"concepts": {"min_val": 2}}, {"concepts", *STAGES_OF_LAYERS[1:], *STAGES_OF_CLASSIFICATION[1:]}),
        ({"upsampling": {"align_corners": False}}, set(STAGES_OF_LAYERS[1:])),
        ({"segmentation": {"image_level": True}}, {"concepts", *STAGES_OF_LAYERS[2:]}),
        ({"analogies": ["a + b - c"]}, {"relations"}),
        ({"segmentation": {"seeds": [0, 1]}}, {"tables", "relations"}),
        ({"classification": {"seeds": [0, 1]}}, {"classification_table"}),
        ({"classification": {"subsets": [4]}}, {"classification", "classification_table"}),
        ({"compute": {"activation_dtype": "float32"}}, {"probe", *STAGES_OF_LAYERS, *STAGES_OF_CLASSIFICATION}),
        ({"compute": {"images_per_shard": 100}}, {"probe"}),
        ({"compute": {"concepts_per_job": 3}}, {"segmentation"}),
        ({"compute": {"batch_size": 3}}, set()),
        ({"compute": {"device": "cpu"}}, set()),
    ],
)
def test_each_setting_matters_to_the_stages_that_use_it_and_those_after(values, stages):
    assert changed_stages(config(), config(**values)) == stages


@pytest.mark.parametrize(
    ("values", "stages"),
    [
        ({"dataset": {"mask_size": 56}}, {"fair_single_filter", "rotated"}),
        ({"concepts": {"min_val": 2}}, {"fair_single_filter", "rotated"}),
        ({"upsampling": {"align_corners": False}}, {"fair_single_filter", "rotated"}),
        ({"compute": {"activation_dtype": "float32"}}, {"fair_single_filter", "rotated"}),
        ({"threshold": {"quantile": 0.01}}, {"rotated"}),
        ({"chance": {"rotation": {"seed": 1}}}, {"rotated"}),
        ({"chance": {"rotation": {"power": 0.5}}}, {"rotated"}),
        ({"single_filter": {"quantiles": [0.1]}}, {"fair_single_filter"}),
        ({"chance": {"false_discovery_rate": 0.1}}, set()),
        ({"segmentation": {"seeds": [0, 1]}}, set()),
    ],
)
def test_controls_of_single_filters_depend_on_what_they_use(values, stages):
    before, after = config(), config(**values)
    controls = ("fair_single_filter", "rotated")
    assert {stage for stage in controls if made_from(before, stage, "net") != made_from(after, stage, "net")} == stages


@pytest.mark.parametrize("change", [{"weights": "DEFAULT"}, {"seed": 1}, {"model": "torchvision/vgg11"}])
def test_a_network_matters_to_all_that_it_feeds(change):
    expected = set(STAGES) - {"dataset", "concepts"}
    assert changed_stages(config(), parse_config(network(**change), "run.yaml")) == expected


MODELS = (
    "must be `torchvision/NAME`, `timm/NAME`, `package.module:callable`, or the path of a `.pt2` program or a"
    " TorchScript `.pt`"
)


@pytest.mark.parametrize(
    ("model", "weights", "kind"),
    [
        ("torchvision/alexnet", "DEFAULT", "torchvision"),
        ("timm/vit_tiny_patch16_224", "augreg_in21k_ft_in1k", "timm"),
        ("my.models:network", "own", "callable"),
        ("models:Network.small", "w.safetensors", "callable"),
        ("programs/resnet.pt2", "own", "exported"),
        ("../my programs/resnet.pt2", "own", "exported"),
        ("resnet.pt", "own", "torchscript"),
        ("programs/resnet.ts", "own", "torchscript"),
    ],
)
def test_models_come_from_libraries_code_and_files(model, weights, kind):
    read = parse_config(network(model=model, weights=weights), "run.yaml")
    assert kind_of(read.networks["net"].model) == kind


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ({"model": "alexnet"}, f'`networks.net.model` {MODELS}, not "alexnet"'),
        ({"model": "timm/"}, f'`networks.net.model` {MODELS}, not "timm/"'),
        (
            {"model": "timm/resnet50.a1_in1k"},
            "`networks.net`: write `model: timm/resnet50` and `weights: a1_in1k`: what follows the dot names weights",
        ),
        (
            {"weights": "own"},
            "`networks.net`: `weights: own` is for a callable or a program; a library's have names: try `DEFAULT`",
        ),
        (
            {"model": "models:network", "weights": "random"},
            "`networks.net`: weights of models:network are `own`, those that it comes with, or a file, not `random`",
        ),
        (
            {"model": "a.pt", "weights": "random"},
            "`networks.net`: a.pt is a program with weights of its own: write `weights: own`, and no `options`",
        ),
        (
            {"model": "a.pt2", "weights": "w.pt"},
            "`networks.net`: a.pt2 is a program with weights of its own: write `weights: own`, and no `options`",
        ),
        (
            {"layouts": {"features.1": "channels_last"}},
            "`networks.net`: `layouts` names `features.1`, which is not among `layers`",
        ),
        ({"std": [1, 0, 1]}, "`networks.net.std.1` should be greater than 0, not 0"),
        ({"mean": [0.5]}, "`networks.net.mean`: must be three numbers, one a channel, not [0.5]"),
    ],
)
def test_mistakes_about_a_network_are_named(changes, line):
    assert lines_of(network(**changes)) == [line]


def test_one_of_several_outputs_is_a_layer():
    assert parse_config(network(layers=["block@0", "block.1@out@2"]), "run.yaml").networks["net"].layers
    assert "or `block@0` for the first of its outputs" in lines_of(network(layers=["block[0]"]))[0]


def test_stages_without_a_network_leave_it_out():
    settings = config().dataset.model_dump(mode="json", exclude={"broden": {"url", "sha256"}})
    assert made_from(config(), "dataset") == {"dataset": settings}
    assert set(made_from(config(), "concepts")) == {"dataset", "concepts", "segmentation.image_level"}


@pytest.mark.parametrize(
    ("dataset", "folder"),
    [
        ({}, None),
        ({"reader": "broden", "path": "data/broden1_224"}, "data/broden1_224"),
        ({"reader": "broden", "broden": {"download": True}}, "/home/ada/cache/broden1_224"),
        ({"reader": "broden", "broden": {"download": True, "resolution": 227}}, "/home/ada/cache/broden1_227"),
        ({"broden": {"download": True}}, None),
    ],
)
def test_data_lie_where_they_are_said_to_or_in_the_cache(monkeypatch, dataset, folder):
    monkeypatch.setenv("HOME", "/home/ada")
    found = config(dataset=dataset, cache="~/cache").dataset_folder
    assert (found and os.fspath(found)) == folder
