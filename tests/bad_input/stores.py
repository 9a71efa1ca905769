"""Stores and tables of a run that are damaged, missing, or of another run."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bad_input.frame import LAYER, RUN, Case
from bad_input.spoiling import attribute, column_named, config, cut, nothing, text, without
from net2vec_core.storage import FORMAT_VERSION

LABELS, ACTIVATIONS = f"{RUN}/dataset/labels.zarr", f"{RUN}/net/activations/0.zarr"
MASKS = f"{LAYER}/filter_masks.zarr"
IMAGES, OCCURRENCES = f"{RUN}/dataset/images.csv", f"{RUN}/dataset/occurrences.csv.gz"
CONCEPTS = f"{RUN}/dataset/concepts.csv"
NO_GROUP = '{"zarr_format": 3, "node_type": "group", "attributes": {}}'


def values(array: str, spoil: Callable[[str], Callable[[], object]]) -> Callable[[], object]:
    """Spoil the first file of an array's values."""
    return lambda: spoil(str(next(path for path in sorted(Path(array, "c").rglob("*")) if path.is_file())))()


def instead(store: str, put: Callable[[str], object]) -> Callable[[], object]:
    """Put something in a store's place."""
    return lambda: (shutil.rmtree(store), put(store))


def damaged(name: str, path: str, spoil: Callable[[], object], command: str, reason: str) -> Case:
    """A store or table that is there, but not as it was written."""
    advice = "remove it and run `snakemake` to make it anew"
    return Case(name, spoil, command, f"{path} is damaged ({reason}); {advice}")


def of_another_run(name: str, path: str, changes: dict[str, Any], command: str, difference: str) -> Case:
    """A store that another configuration has made."""
    advice = "run `snakemake` to make it anew, or give this configuration a `run` name of its own"
    return Case(name, config(changes), command, f"{path} was made from another configuration: {difference}; {advice}")


def missing(name: str, path: str, spoil: Callable[[], object], command: str, kind: str = "store") -> Case:
    return Case(name, spoil, command, f"{path}: no such {kind}; run `snakemake` to make it")


CASES = [
    of_another_run(
        "labels on a mask grid of another size",
        LABELS,
        {"dataset.mask_size": 12},
        "concepts",
        "`dataset.mask_size` was 10, is now 12",
    ),
    of_another_run(
        "activations of another network",
        ACTIVATIONS,
        {"networks.net.seed": 1},
        "filter-masks",
        "`network.seed` was 0, is now 1",
    ),
    of_another_run(
        "filter masks for another quantile",
        MASKS,
        {"threshold.quantile": 0.1},
        "single-filter",
        "`threshold.quantile` was 0.05, is now 0.1",
    ),
    Case(
        "a store of another version of net2vec",
        attribute(ACTIVATIONS, "format_version", 0),
        "filter-masks",
        f"{ACTIVATIONS} is in format 0 of another version of net2vec, not in format {FORMAT_VERSION}; run"
        " `snakemake` to make it anew",
    ),
    Case(
        "a store of another stage",
        instead(MASKS, lambda place: shutil.copytree(LABELS, place)),
        "single-filter",
        f"{MASKS} is a store of the stage `dataset`, where one of `filter_masks` is needed",
    ),
    Case(
        "a Zarr store that net2vec did not write",
        text(f"{MASKS}/zarr.json", NO_GROUP),
        "single-filter",
        f"{MASKS} is not a store of net2vec; remove it and run `snakemake` to make one",
    ),
    missing("a folder that is no store", MASKS, without(f"{MASKS}/zarr.json"), "single-filter"),
    missing("a file in a store's place", MASKS, instead(MASKS, lambda place: Path(place).touch()), "single-filter"),
    missing("a missing shard of activations", ACTIVATIONS, without(ACTIVATIONS), "filter-masks"),
    damaged(
        "half of a store's description",
        MASKS,
        cut(f"{MASKS}/zarr.json"),
        "single-filter",
        "its description cannot be read: …",
    ),
    damaged(
        "half of an array's description",
        MASKS,
        cut(f"{MASKS}/bits/zarr.json"),
        "single-filter",
        "it holds 2 files of … bytes, and 2 files of … bytes were written",
    ),
    damaged(
        "a store without one of its arrays",
        MASKS,
        without(f"{MASKS}/bits"),
        "single-filter",
        "it holds 0 files of 0 bytes, and 2 files of … bytes were written",
    ),
    damaged(
        "a file of activations that is cut off",
        ACTIVATIONS,
        values(f"{ACTIVATIONS}/features.6", cut),
        "filter-masks",
        "it holds 2 files of … bytes, and 2 files of … bytes were written",
    ),
    damaged(
        "a missing file of activations",
        ACTIVATIONS,
        values(f"{ACTIVATIONS}/features.6", without),
        "filter-masks",
        "it holds 1 files of … bytes, and 2 files of … bytes were written",
    ),
    damaged(
        "a file of masks that is cut off",
        LABELS,
        values(f"{LABELS}/masks", cut),
        "single-filter",
        "it holds 4 files of … bytes, and 4 files of … bytes were written",
    ),
    damaged(
        "a missing file of masks",
        LABELS,
        values(f"{LABELS}/masks", without),
        "single-filter",
        "it holds 3 files of … bytes, and 4 files of … bytes were written",
    ),
    Case(
        "a layer that the shards do not hold",
        nothing,
        f"pool --config run.yaml --network net --layer features.7 --activations {ACTIVATIONS} --output pooled.zarr",
        f"{ACTIVATIONS}: the network was not asked for layer `features.7`, but for features.6; run `snakemake`",
    ),
    missing("a missing table", IMAGES, without(IMAGES), "concepts", "table"),
    damaged("an empty table", IMAGES, text(IMAGES, ""), "concepts", "No columns to parse from file"),
    damaged("a table that is no text", IMAGES, text(IMAGES, b"\xff\xfe"), "concepts", "'utf-8' codec can't decode …"),
    damaged(
        "a table without one of its columns",
        IMAGES,
        column_named(IMAGES, "split", "part"),
        "concepts",
        "it has no column `split`",
    ),
    damaged(
        "a table with a quote that is not closed",
        CONCEPTS,
        text(CONCEPTS, 'concept_id,name\n1,"sky\n'),
        "single-filter",
        "…EOF inside string starting at row 1",
    ),
    damaged(
        "a table with a row too long",
        CONCEPTS,
        text(CONCEPTS, "concept_id,name\n1,sky\n2,grass,3\n"),
        "single-filter",
        "…Expected 2 fields in line 3, saw 3",
    ),
    damaged(
        "half of a compressed table",
        OCCURRENCES,
        cut(OCCURRENCES),
        "concepts",
        "Compressed file ended before the end-of-stream marker was reached",
    ),
    damaged(
        "a table that should be compressed",
        OCCURRENCES,
        text(OCCURRENCES, "image,concept,pixels\n"),
        "concepts",
        "Not a gzipped file …",
    ),
]
