"""A small finished run, made of random tables and stores, for the page to be built from."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from PIL import Image

from net2vec_core.analogies import analogies_table
from net2vec_core.comparison import Space, comparison_table
from net2vec_core.concept_map import concept_map
from net2vec_core.config import dump, parse_config
from net2vec_core.deciles import concept_deciles, filter_deciles
from net2vec_core.dependencies import made_from
from net2vec_core.embedding import Embeddings, cosine_similarity, write_embeddings
from net2vec_core.failures import COLUMNS as FAILURE_COLUMNS
from net2vec_core.failures import gain_trends
from net2vec_core.labels import count_pixels
from net2vec_core.overlap import filter_overlap, overlap_histogram, used_filters
from net2vec_core.storage import new_store, write_bytes, write_table
from net2vec_core.units import DETECTOR_IOU

IMAGES, FILTERS, GRID, MASK = 20, 16, (4, 5), (12, 12)
IOU_BIAS = 0.25
HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>"
CONCEPTS = {
    "grass": "object",
    "sky": "object",
    "blue": "color",
    "green": "color",
    "light-green": "color",
    HOSTILE: "part",
    "1984": "material",
    'a "quoted"; name & more': "a category of its own",
}
WHOLE = "meadow"
LAYERS = (("net", "early"), ("net", "late.block"), ("control", "late.block"))
CONFIG = {
    "run": "tiny",
    "dataset": {"image_size": 24, "mask_size": MASK[0], "toy": {"images": IMAGES}},
    "networks": {
        "net": {"model": "torchvision/resnet18", "weights": "random", "layers": ["early", "late.block"]},
        "control": {"model": "torchvision/resnet18", "weights": "random", "layers": ["late.block"]},
    },
    "segmentation": {"recipes": ["paper", "iou"]},
    "overlap": {"top_filters": 4},
    "analogies": ["grass + blue - green = sky", "light-green + sky"],
}


ONE_LAYER = {
    **CONFIG,
    "networks": {"net": {**CONFIG["networks"]["net"], "layers": ["early"]}},
    "analogies": [],
}


class Results:
    """The run's folder, its configuration, and each layer's embeddings by the first recipe."""

    def __init__(self, folder, values):
        self.folder = folder
        self.config = parse_config(values, "a test")
        self.layers = [(name, layer) for name, network in self.config.networks.items() for layer in network.layers]
        self.weights = {}
        write_bytes(folder / "config.yaml", dump(self.config).encode())
        self.names = list(CONCEPTS)
        write_dataset(self)
        for number, (network, layer) in enumerate(self.layers):
            LayerResults(self, network, layer, np.random.default_rng(number)).write()
        spaces = [Space.of_vectors(*place, self.weights[place]) for place in self.layers]
        write_table(comparison_table(spaces, []), folder / "comparison" / "layer_pairs.csv")
        write_table(filters_needed(self.layers), folder / "comparison" / "filters_needed.csv")

    def table(self, network, layer, name):
        return self.folder / network / layer / f"{name}.csv"


def write_dataset(run):
    folder, rng = run.folder / "dataset", np.random.default_rng(0)
    planes = rng.integers(1, len(CONCEPTS) + 1, (IMAGES, 2, 3, 3)).astype(np.uint16).repeat(4, 2).repeat(4, 3)
    planes[:, 1] = np.where(rng.random((IMAGES, *MASK)) < 0.5, planes[:, 1], 0)
    run.planes = planes
    images, rows = folder / "drawings", []
    images.mkdir(parents=True)
    for image in range(IMAGES):
        Image.fromarray(rng.integers(0, 256, (24, 24, 3), dtype=np.uint8)).save(images / f"{image}.png")
        rows.append((image, os.fspath(images / f"{image}.png"), "train" if image % 2 else "val", 24, 24))
    write_table(pd.DataFrame(rows, columns=["image", "path", "split", "height", "width"]), folder / "images.csv")
    names = [*CONCEPTS, WHOLE]
    pairs = [
        (image, names[number - 1], pixels)
        for image in range(IMAGES)
        for number, pixels in count_pixels(planes[image], [len(names)])
    ]
    run.occurrences = pd.DataFrame(pairs, columns=["image", "concept", "pixels"])
    write_table(run.occurrences, folder / "occurrences.csv.gz")
    concepts = pd.DataFrame({"concept_id": np.arange(len(names)) + 1, "name": names})
    concepts["category"] = [*CONCEPTS.values(), "scene"]
    concepts["pixel_level"] = concepts["name"] != WHOLE
    concepts["train_images"], concepts["val_images"] = 10, 10
    concepts["mean_coverage"], concepts["alpha"] = rng.uniform(0.01, 0.3, (2, len(names)))
    run.concepts = concepts
    write_table(concepts, folder / "concepts.csv")
    with new_store(folder / "labels.zarr", "dataset", made_from(run.config, "dataset")) as group:
        group.attrs["concepts"] = concepts[["concept_id", "name", "category", "pixel_level"]].values.tolist()
        group.create_array("masks", data=planes)


def filters_needed(layers):
    keys = ["network", "layer", "task", "category", "share", "filters", "concepts", "concepts_share"]
    rows = [
        (*place, "segmentation", "all", 0.8, filters, concepts, concepts / 8)
        for place in layers
        for filters, concepts in ((1, 2), (4, 5), (FILTERS, 8))
    ]
    return pd.DataFrame(rows, columns=keys)


class LayerResults:
    """The tables and stores of a layer."""

    def __init__(self, run, network, layer, rng):
        self.run, self.network, self.layer, self.rng = run, network, layer, rng
        self.folder = run.folder / network / layer
        about = run.concepts[run.concepts["pixel_level"]].rename(columns={"name": "concept"})
        self.about = about[["concept", "category", "train_images", "val_images"]].reset_index(drop=True)

    def write(self):
        self.stores()
        for name, table in {**self.scores(), **self.of_filters(), **self.of_space()}.items():
            write_table(table, self.folder / f"{name}.csv")

    def stores(self):
        config, network = self.run.config, self.network
        weights = self.rng.normal(size=(len(self.about), FILTERS)).astype(np.float32)
        fits = [
            Embeddings("segmentation", recipe, 0, weights * factor, np.full(len(weights), bias, np.float32))
            for recipe, factor, bias in (("paper", 1, 0), ("iou", 2, IOU_BIAS))
        ]
        made = made_from(config, "tables", network)
        write_embeddings(self.folder / "embeddings.zarr", self.run.names, fits, made)
        self.weights = pd.DataFrame(weights, index=pd.Index(self.run.names, name="concept"))
        self.run.weights[network, self.layer] = self.weights
        active = self.rng.random((IMAGES, FILTERS, GRID[0] * GRID[1])) < 0.2
        made = made_from(config, "filter_masks", network)
        with new_store(self.folder / "filter_masks.zarr", "filter_masks", made) as group:
            group.attrs["grid"] = list(GRID)
            group.create_array("bits", data=np.packbits(active, axis=-1))

    def fits(self, **columns):
        """One row a recipe and concept with random scores."""
        table = pd.concat([self.about.assign(recipe=recipe, seed=0) for recipe in ("paper", "iou")], ignore_index=True)
        return table.assign(**{name: make(len(table)) for name, make in columns.items()})

    def scores(self):
        rng = self.rng
        iou, chance = (lambda rows: rng.beta(2, 4, rows)), (lambda rows: rng.beta(1, 8, rows))
        best = self.about.assign(filter=rng.integers(0, FILTERS, len(self.about)), iou_train=iou(len(self.about)))
        best["iou_val"] = chance(len(best))
        best["iou_val_low"], best["iou_val_high"] = 0.9 * best["iou_val"], 1.1 * best["iou_val"]
        best.loc[1, ["iou_val_low", "iou_val_high"]] = np.nan
        fits = self.fits(iou_train=iou, iou_val=iou)
        fits["iou_val_low"], fits["iou_val_high"] = 0.9 * fits["iou_val"], 1.1 * fits["iou_val"]
        fits["single_filter"] = np.tile(best["filter"], 2)
        fits["single_iou_val"] = np.tile(best["iou_val"], 2)
        fits["gain"] = fits["iou_val"] - fits["single_iou_val"]
        fits["p_value"], fits["q_value"] = rng.random((2, len(fits))) ** 3
        self.best, self.fit = best, fits
        fair = best.assign(quantile=0.08, threshold=1.5, iou_val=2 * best["iou_val"])
        gains = fits[["concept", "category", "recipe", "seed", "iou_val", "single_iou_val"]].copy()
        gains["single_gain"], gains["single_q_value"] = fits["gain"], fits["q_value"]
        gains["fair_iou_val"] = np.tile(fair["iou_val"], 2)
        gains["fair_gain"], gains["fair_q_value"] = gains["iou_val"] - gains["fair_iou_val"], fits["p_value"]
        levels = ("random_mask", "constant_mask", "permuted", "rotated", "control")
        evidence = fits[["concept", "category", "recipe", "seed", "val_images", "iou_val", "q_value", "single_iou_val"]]
        evidence = evidence.assign(**{f"{level}_iou_val": chance(len(fits)) for level in levels})
        evidence["encoded"], evidence["permuted_encoded"] = fits["q_value"] < 0.05, False
        evidence["control_q_value"] = np.nan
        if len(self.run.layers) == 1:
            evidence["control_iou_val"] = np.nan
            fits["gain"] = fits["gain"].abs()  # no failures, either
        evaluation = self.fits(iou_val=iou, iou_all=iou, average_precision=iou, prevalence=chance)
        lost = fits[fits["gain"] < 0].assign(mean_coverage=0.02, significant=True, overshoot=12.5)
        coverage = fits["concept"].map(self.run.concepts.set_index("name")["mean_coverage"])
        return {
            "single_filter": best,
            "segmentation": fits,
            "fair_single_filter": fair,
            "gains": gains,
            "significance": evidence,
            "evaluation": evaluation,
            "subsets": self.subsets(),
            "classification": self.classification(),
            "failures": lost.sort_values("gain")[FAILURE_COLUMNS],
            "gain_trends": gain_trends(fits.assign(mean_coverage=coverage)),
        }

    def subsets(self):
        tables = []
        for task, filters in (("segmentation", (1, 4, FILTERS)), ("classification", (1, FILTERS))):
            for number in filters:
                table = self.about[["concept", "category"]].assign(task=task, recipe="paper", seed=0, filters=number)
                table["score_train"], table["score_val"] = self.rng.random((2, len(table)))
                tables.append(table.assign(filters_80=4, filters_90=FILTERS))
        return pd.concat(tables, ignore_index=True)

    def classification(self):
        whole = {"concept": WHOLE, "category": "scene", "train_images": 10, "val_images": 10}
        table = pd.concat([self.about, pd.DataFrame([whole])], ignore_index=True).assign(recipe="paper", seed=0)
        return table.assign(accuracy_val=0.75, accuracy_val_low=0.6, accuracy_val_high=0.9)

    def of_filters(self):
        rng, filters = self.rng, np.arange(FILTERS)
        best = self.best.set_index("concept")["filter"]
        overlap = filter_overlap(best, used_filters(self.weights, self.run.config.overlap.top_filters))
        units = pd.DataFrame({"filter": filters, "concept": rng.choice(self.run.names, FILTERS), "category": "object"})
        units["iou"] = rng.random(FILTERS) / 10
        units["detector"] = units["iou"] > DETECTOR_IOU
        units.loc[0, ["concept", "category"]] = np.nan
        thresholds = pd.DataFrame({"filter": filters, "threshold": rng.random(FILTERS), "share_above": 0.005})
        return {
            "filter_overlap": overlap,
            "overlap_histogram": overlap_histogram(overlap),
            "units": units,
            "thresholds": thresholds.assign(maximum=2.5),
            "filter_deciles": filter_deciles(rng.random((IMAGES, FILTERS)).astype(np.float32), 0),
        }

    def of_space(self):
        cosines = cosine_similarity(self.weights)
        pairs = self.run.occurrences[self.run.occurrences["concept"] != WHOLE][["image", "concept"]]
        individual = pd.concat([pairs.assign(recipe=recipe) for recipe in ("paper", "iou")])
        individual["iou_single"], individual["iou_multi"] = self.rng.random((2, len(individual)))
        write_table(individual, self.folder / "individual_iou.csv.gz")
        on_val = individual[(individual["image"] % 2 == 0) & (individual["recipe"] == "paper")]
        relations = pd.DataFrame(
            {
                "kind": ["part of whole", "same category", "all pairs"],
                "pairs": [2, 6, 28],
                "candidates": [2, np.nan, np.nan],
                "mean_cosine": [0.5, 0.1, 0.0],
                "other_cosine": [-0.001, 0.1, np.nan],
                "mean_rank": [1.5, np.nan, np.nan],
                "chance_rank": [2.5, np.nan, np.nan],
                "rank_correlation": [np.nan, np.nan, 0.3],
                "p_value": [0.01, 0.4, 0.2],
            }
        )
        return {
            "map": concept_map(cosines, self.about.set_index("concept")["category"]),
            "analogies": analogies_table(self.run.config.analogies, self.weights),
            "relation_summary": relations,
            "concept_deciles": concept_deciles(on_val, self.run.names),
        }


def make_run(folder: Path, values: dict[str, Any] = CONFIG) -> Results:
    """A finished run in `folder`, of this configuration."""
    return Results(folder, values)
