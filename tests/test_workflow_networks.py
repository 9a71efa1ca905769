"""Networks of five kinds through the workflow, at random weights: every kind of layer that they have."""

import pandas as pd
import pytest
import zarr

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
}
MODELS = {
    "alexnet": {"model": "torchvision/alexnet", "image_size": 64},
    "resnet18": {"model": "torchvision/resnet18"},
    "convnext": {"model": "torchvision/convnext_tiny"},
    "vit": {"model": "torchvision/vit_b_16", "options": {"image_size": SIZE}},
    "swin": {"model": "timm/swin_tiny_patch4_window7_224", "image_size": 56, "options": {"img_size": 56}},
}
SHAPES = {
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


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("networks"))
    ends = [f"{name}/{layers[-1]}/segmentation.csv" for name, layers in LAYERS.items()]
    others = [f"{name}/{layer}/thresholds.csv" for name, layers in LAYERS.items() for layer in layers[:-1]]
    tables = [f"{name}/layers.csv" for name in LAYERS]
    targets = [f"results/tiny/{target}" for target in (*ends, *others, *tables)]
    done = space.snakemake(CONFIG, "--cores", "2", *targets)
    assert done.returncode == 0, done.stdout + done.stderr
    return space.results


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
