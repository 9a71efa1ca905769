"""Networks of five kinds, one of the user's own and one of a file through the workflow: every kind of their layers."""

import re

import pandas as pd
import pytest
import torch
import zarr
from torchvision.models import resnet18

from workspace import Workspace

SIZE = 48
# the last layer of each goes on to embeddings, the others to thresholds
LAYERS = {
    "alexnet": ["features.3", "features.4", "features.5", "avgpool", "classifier.4"],
    "resnet18": ["conv1", "bn1", "layer1.0.relu", "avgpool", "fc", "layer3"],
    "convnext": [
        "features.0.1",
        "features.1.0.block.1",
        "features.1.0.block.6",
        "features.1.0",
        "features.1.0.block.3",
    ],
    "vit": [
        "conv_proj",
        "encoder.layers.encoder_layer_0.ln_1",
        "encoder.layers.encoder_layer_0.self_attention@0",
        "encoder.layers.encoder_layer_0.mlp.0",
        "heads.head",
        "encoder.layers.encoder_layer_1",
    ],
    "swin": ["patch_embed", "layers.0.blocks.0.mlp.fc1", "layers.1.blocks.0.attn", "head.fc", "layers.1"],
    "mine": ["tokens", "one"],
    "traced": ["conv1", "layer1.0.bn2", "layer2.0.downsample.0", "fc", "layer3"],
}
MODELS = {
    "alexnet": {"model": "torchvision/alexnet", "image_size": 64},
    "resnet18": {"model": "torchvision/resnet18"},
    "convnext": {"model": "torchvision/convnext_tiny"},
    "vit": {"model": "torchvision/vit_b_16", "options": {"image_size": SIZE}},
    "swin": {"model": "timm/swin_tiny_patch4_window7_224", "image_size": 56, "options": {"img_size": 56}},
    "mine": {"model": "of_the_user:Network"},
    "traced": {"model": "resnet18.pt", "control": "resnet18"},
}
OF_THE_USER = """
from torch import nn

class Network(nn.Module):
    def __init__(self, filters):
        super().__init__()
        self.stem = nn.Conv2d(3, filters, 8, stride=(4, 8))
        self.tokens = nn.Linear(filters, filters + 1)
        self.one = nn.Conv2d(filters, 1, 3)

    def forward(self, images):
        grid = self.stem(images)
        self.tokens(grid.flatten(2).mT)
        return self.one(grid)
"""
# what a layer with a single filter goes through
ONE_FILTER = [
    "segmentation",
    "classification",
    "fair_single_filter",
    "significance",
    "subsets",
    "filter_overlap",
    "units",
]
SHAPES = {
    "tokens": (14, 11, 6),
    "one": (1, 9, 4),
    "classifier.4": (4096, 1, 1),
    "layer3": (256, 3, 3),
    "features.1.0.block.3": (384, 12, 12),
    "encoder.layers.encoder_layer_1": (768, 3, 3),
    "encoder.layers.encoder_layer_0.self_attention@0": (768, 3, 3),
    "layers.0.blocks.0.mlp.fc1": (384, 14, 14),
    "layers.1": (192, 7, 7),
}
CONFIG = {
    "run": "tiny",
    "dataset": {"image_size": SIZE, "mask_size": 24, "toy": {"images": 12}},
    "concepts": {"categories": ["color"]},
    "networks": {name: {**model, "weights": "random", "layers": LAYERS[name]} for name, model in MODELS.items()},
    "threshold": {"quantile": 0.05},
    "segmentation": {"recipes": ["paper"]},
    "compute": {"device": "cpu"},
}
CONFIG["networks"]["traced"]["weights"] = "own"
CONFIG["networks"]["mine"] |= {"weights": "own", "options": {"filters": 13}, "mean": [0, 0, 0], "std": [1, 1, 1]}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("networks"))
    (space.folder / "of_the_user.py").write_text(OF_THE_USER)
    torch.manual_seed(0)  # the network `traced` is the network `resnet18`
    torch.jit.save(torch.jit.trace(resnet18().eval(), torch.zeros(2, 3, 64, 64)), space.folder / "resnet18.pt")
    ends = [f"{name}/{layers[-1]}/segmentation.csv" for name, layers in LAYERS.items()]
    others = [f"{name}/{layer}/thresholds.csv" for name, layers in LAYERS.items() for layer in layers[:-1]]
    tables = [f"{name}/layers.csv" for name in LAYERS] + [f"mine/one/{name}.csv" for name in ONE_FILTER]
    targets = [f"results/tiny/{target}" for target in (*ends, *others, *tables)]
    done = space.snakemake(CONFIG, "--cores", "2", *targets)
    assert done.returncode == 0, done.stdout + done.stderr
    space.targets = targets
    return space


@pytest.fixture(scope="module")
def results(workspace):
    return workspace.results


@pytest.mark.parametrize("name", LAYERS)
def test_every_layer_has_the_activations_and_thresholds_of_its_filters(results, name):
    table = pd.read_csv(results / name / "layers.csv", index_col="layer")
    assert list(table.index) == LAYERS[name]
    stored = zarr.open_group(str(results / name / "activations/0.zarr"), mode="r")
    for layer, grid in table.iterrows():
        assert stored[layer].shape == (12, *grid)
        assert len(pd.read_csv(results / name / layer / "thresholds.csv")) == grid["filters"]
        assert SHAPES.get(layer, tuple(grid)) == tuple(grid)


@pytest.mark.parametrize("name", LAYERS)
def test_one_layer_of_each_goes_on_to_embeddings(results, name):
    table = pd.read_csv(results / name / LAYERS[name][-1] / "segmentation.csv")
    assert len(table) > 3
    assert table["iou_val"].between(0, 1).all()


def test_one_filter_and_concepts_of_one_image_are_enough(results):
    table = pd.read_csv(results / "mine/one/segmentation.csv")
    assert (table["single_filter"] == 0).all()
    assert (table["train_images"] == 1).any()
    overlap = pd.read_csv(results / "mine/one/filter_overlap.csv")
    assert list(overlap["top_for"]) == [len(table)]


def test_a_torchscript_network_gives_the_results_of_the_one_that_was_traced(results):
    stored, expected = (zarr.open_group(str(results / name / "activations/0.zarr")) for name in ("traced", "resnet18"))
    for layer in LAYERS["traced"]:
        if layer in expected:
            assert (stored[layer][:] == expected[layer][:]).all()
    tables = [(results / name / "layer3/segmentation.csv").read_bytes() for name in ("traced", "resnet18")]
    assert tables[0] == tables[1]


def test_a_change_of_the_users_code_redoes_its_network_alone(workspace):
    code = workspace.folder / "of_the_user.py"
    code.write_text(OF_THE_USER + "\n")
    done = workspace.snakemake(CONFIG, "--dry-run", *workspace.targets)
    planned = dict(re.findall(r"^(\w+) +(\d+)$", done.stdout + done.stderr, re.MULTILINE))
    assert planned["network"] == planned["probe"] == "1"
