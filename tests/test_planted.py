"""Networks whose answers are known, from stored activations to the final tables, by the commands that rules call.

Every concept is a block of 4 × 4 pixels somewhere in an image, on a mask grid that is the layer's. In `is`, a filter
fires on exactly each concept; in `sums`, each quarter of a block has a filter of its own; in `noise`, filters fire
anywhere.
"""

import numpy as np
import pytest

from memory_reader import MemoryReader
from net2vec_core.cli.classification import classification
from net2vec_core.cli.concepts import concepts
from net2vec_core.cli.fair_single_filter import fair_single_filter
from net2vec_core.cli.filter_masks import filter_masks
from net2vec_core.cli.pool import pool
from net2vec_core.cli.rotated import rotated
from net2vec_core.cli.segmentation import segmentation
from net2vec_core.cli.segmentation_controls import segmentation_controls
from net2vec_core.cli.segmentation_subsets import segmentation_subsets
from net2vec_core.cli.significance import significance
from net2vec_core.cli.single_filter import single_filter
from net2vec_core.cli.subsets import subsets
from net2vec_core.cli.tables import tables
from net2vec_core.config import dump, parse_config
from net2vec_core.dataset.records import Concept
from net2vec_core.dependencies import made_from
from net2vec_core.labels import DatasetFiles, write_labels
from net2vec_core.storage import new_store, read_table

IMAGES, TRAIN, SIDE, BLOCK, FILTERS = 160, 100, 14, 4, 12
CONCEPTS = tuple(Concept(number + 1, name, "object") for number, name in enumerate(("cat", "dog", "hat")))
RECIPES = ["logistic", "iou", "paper"]
CONVERGED = RECIPES[:2]
LAYER = "features.0"


def network(seed, control=None):
    return {
        "model": "torchvision/alexnet",
        "weights": "random",
        "seed": seed,
        "layers": [LAYER],
        "control": control,
    }


CONFIG = {
    "run": "planted",
    "dataset": {"mask_size": SIDE},
    "networks": {"noise": network(0), "is": network(1, control="noise"), "sums": network(2, control="noise")},
    "threshold": {"quantile": 0.1},
    "single_filter": {"quantiles": [0.05, 0.1, 0.2]},
    "segmentation": {"recipes": RECIPES, "subsets": [1, 2, 4]},
    "classification": {"subsets": [1, 2]},
    "analogies": [],
    "compute": {"device": "cpu"},
}


def blocks(rng):
    """Where each concept's quarters lie, bool [image, concept, quarter, y, x]; most images hold most concepts."""
    where = np.zeros((IMAGES, len(CONCEPTS), 4, SIDE, SIDE), bool)
    for image, concept in np.argwhere(rng.random(where.shape[:2]) < 0.7):
        top, left = rng.integers(0, SIDE - BLOCK + 1, 2)
        for quarter in range(4):
            y, x = top + 2 * (quarter // 2), left + 2 * (quarter % 2)
            where[image, concept, quarter, y : y + 2, x : x + 2] = True
    return where


def activations(network, where, rng):
    """What the filters answer, float16 [image, filter, y, x]; those without a meaning fire at one position in fifty."""
    answers = rng.exponential(size=(IMAGES, FILTERS, SIDE, SIDE)) * (rng.random((IMAGES, FILTERS, SIDE, SIDE)) < 0.02)
    told = {
        "is": where.any(axis=2),
        "sums": where.reshape(IMAGES, FILTERS, SIDE, SIDE),
        "noise": np.zeros((IMAGES, 0, SIDE, SIDE), bool),
    }[network]
    answers[:, : told.shape[1]] = told
    return answers.astype(np.float16)


class Run:
    """The stages of a run on stores that are written here."""

    def __init__(self, folder):
        self.folder, self.dataset = folder, folder / "dataset"
        self.config = parse_config(CONFIG, "planted.yaml")
        self.config_file = folder / "config.yaml"
        self.config_file.write_text(dump(self.config))
        rng = np.random.default_rng(0)
        where = blocks(rng)
        self.write_dataset(where)
        for name in self.config.networks:
            with new_store(self.activations(name), "probe", made_from(self.config, "probe", name)) as group:
                group.create_array(LAYER, data=activations(name, where, rng))
            self.measure(name)
        for name in self.config.networks:
            self.conclude(name)

    def write_dataset(self, where):
        reader = MemoryReader(IMAGES, SIDE)
        held = where.any(axis=2)
        reader.concepts, reader.planes = CONCEPTS, len(CONCEPTS)
        reader.masks = (held * np.arange(1, len(CONCEPTS) + 1)[:, None, None]).astype(np.uint16)
        reader.image_labels = [()] * IMAGES
        reader.splits = ["train" if image < TRAIN else "val" for image in range(IMAGES)]
        folder, made = self.dataset, made_from(self.config, "dataset")
        names = ("labels.zarr", "images.csv", "occurrences.csv.gz", "skipped.csv")
        write_labels(reader, SIDE, DatasetFiles(*(folder / name for name in names)), made, skip=False, workers=1)
        concepts(self.config_file, folder, folder / "concepts.csv")

    def activations(self, network):
        return self.folder / network / "activations" / "0.zarr"

    def layer(self, network):
        return self.folder / network / LAYER

    def fits(self, network):
        return [self.layer(network) / "segmentation" / recipe / "0" / "0.zarr" for recipe in RECIPES]

    def measure(self, name):
        """From activations to counts and fits."""
        config, dataset, layer, shards = self.config_file, self.dataset, self.layer(name), [self.activations(name)]
        masks, few = layer / "filter_masks.zarr", layer / "segmentation_subsets" / "0.zarr"
        filter_masks(config, name, LAYER, shards, layer / "thresholds.csv", masks)
        single_filter(config, name, dataset, masks, layer / "single_filter.zarr")
        fair = layer / "fair_single_filter"
        fair_single_filter(config, name, LAYER, dataset, shards, fair.with_suffix(".csv"), fair.with_suffix(".zarr"))
        turned = layer / "rotated"
        rotated(config, name, LAYER, dataset, shards, turned / "filter_masks.zarr", turned / "single_filter.zarr")
        for recipe, store in zip(RECIPES, self.fits(name), strict=True):
            segmentation(config, name, dataset, masks, recipe, 0, 0, store)
        segmentation_subsets(config, name, dataset, masks, self.fits(name)[0], 0, few)
        controls = layer / "segmentation_controls" / "0.zarr"
        segmentation_controls(config, name, dataset, masks, turned / "filter_masks.zarr", 0, controls)
        pool(config, name, LAYER, shards, layer / "pooled.zarr")
        classification(config, name, dataset, layer / "pooled.zarr", "paper", 0, layer / "classification.zarr")

    def conclude(self, name):
        """From counts and fits to tables."""
        config, dataset, layer, fits = self.config_file, self.dataset, self.layer(name), self.fits(name)
        few = [layer / "segmentation_subsets" / "0.zarr"]
        tables(
            config,
            name,
            dataset,
            counts=layer / "single_filter.zarr",
            segmentation=fits,
            single_filter_csv=layer / "single_filter.csv",
            segmentation_csv=layer / "segmentation.csv",
            individual_iou_csv=layer / "individual_iou.csv.gz",
            convergence_csv=layer / "convergence.csv",
            embeddings=layer / "embeddings.zarr",
        )
        subsets(
            config,
            name,
            dataset,
            classification=layer / "classification.zarr",
            segmentation=fits[:1],
            segmentation_subsets=few,
            output=layer / "subsets.csv",
        )
        control = self.config.networks[name].control
        significance(
            config,
            name,
            dataset,
            fits,
            [layer / "segmentation_controls" / "0.zarr"],
            few,
            layer / "single_filter.zarr",
            layer / "fair_single_filter.zarr",
            layer / "rotated" / "single_filter.zarr",
            layer / "significance.csv",
            layer / "gains.csv",
            self.fits(control) if control else None,
            self.layer(control) / "single_filter.zarr" if control else None,
        )

    def table(self, network, name, recipe=None):
        table = read_table(self.layer(network) / f"{name}.csv")
        return table if recipe is None else table[table["recipe"] == recipe]


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return Run(tmp_path_factory.mktemp("planted"))


ONE, SUMS, NOISE = "is", "sums", "noise"


@pytest.mark.parametrize("recipe", CONVERGED)
def test_where_filters_are_concepts_one_filter_is_as_good_as_all(run, recipe):
    table = run.table(ONE, "segmentation", recipe)
    assert table["single_filter"].tolist() == [0, 1, 2]
    assert (table[["iou_train", "iou_val", "single_iou_val"]] == 1).all(axis=None)
    assert (table["gain"] == 0).all()
    assert (table["q_value"] == 1).all()
    gains = run.table(ONE, "gains", recipe)
    for kind in ("single", "fair", "one_filter"):
        assert (gains[f"{kind}_iou_val"] == 1).all()
        assert (gains[f"{kind}_q_value"] == 1).all()


@pytest.mark.parametrize("recipe", CONVERGED)
def test_where_concepts_are_sums_of_four_filters_all_are_four_times_as_good_as_one(run, recipe):
    table = run.table(SUMS, "segmentation", recipe)
    assert (table["single_filter"] // 4).tolist() == [0, 1, 2]
    assert (table[["iou_train", "iou_val"]] == 1).all(axis=None)
    assert (table["single_iou_val"] == 0.25).all()
    gains = run.table(SUMS, "gains", recipe)
    for kind in ("single", "fair", "one_filter"):
        assert (gains[f"{kind}_gain"] == 0.75).all(), "nor do other thresholds help a filter that is a quarter"
        assert (gains[f"{kind}_q_value"] < 0.001).all()


def test_the_paper_s_recipe_finds_sums_too_though_it_does_not_converge(run):
    gains = run.table(SUMS, "gains", "paper")
    assert (gains[["single_gain", "fair_gain", "one_filter_gain"]] > 0).all(axis=None)


@pytest.mark.parametrize(("network", "needed"), [(ONE, 1), (SUMS, 4)])
def test_as_many_filters_are_needed_as_were_planted(run, network, needed):
    table = run.table(network, "subsets").query("task == 'segmentation'")
    assert (table[["filters_80", "filters_90"]] == needed).all(axis=None)
    scores = table.pivot(index="concept", columns="filters", values="score_val")
    np.testing.assert_allclose(scores, [np.minimum(scores.columns / needed, 1)] * len(CONCEPTS), atol=1e-6)


@pytest.mark.parametrize("network", [ONE, SUMS])
@pytest.mark.parametrize("recipe", CONVERGED)
def test_what_is_planted_is_encoded_and_above_the_control(run, network, recipe):
    table = run.table(network, "significance", recipe)
    assert table["encoded"].all()
    assert (table["control_q_value"] < 0.001).all()
    assert not table["permuted_encoded"].any()
    assert (table["permuted_iou_val"] < 0.15).all()


def test_noise_encodes_nothing_whatever_the_recipe(run):
    table = run.table(NOISE, "significance")
    assert len(table) == len(RECIPES) * len(CONCEPTS)
    assert not table[["encoded", "permuted_encoded"]].any(axis=None)
    assert (table["iou_val"] < 0.15).all()
    assert (run.table(NOISE, "gains")[["single_iou_val", "fair_iou_val", "one_filter_iou_val"]] < 0.1).all(axis=None)


def test_another_basis_spoils_filters_that_are_concepts(run):
    table = run.table(ONE, "significance")
    assert (table["rotated_single_iou_val"] < 0.9 * table["single_iou_val"]).all()
