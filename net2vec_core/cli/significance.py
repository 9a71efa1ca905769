from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer

from net2vec_core.chance import best_constant_masks, count_constant_masks, random_mask_iou
from net2vec_core.cli.opening import Dataset, open_dataset, open_dataset_with_all_concepts
from net2vec_core.cli.options import ConfigFile, DatasetFolder, NetworkName
from net2vec_core.config import Config, load
from net2vec_core.counts import PairCounts
from net2vec_core.dependencies import made_from
from net2vec_core.fair_single_filter_store import read_fair_single_filter
from net2vec_core.segmentation_store import Segmentation, read_segmentations
from net2vec_core.significance import Chance, Val, gain_table, significance_table
from net2vec_core.single_filter import read_single_filter
from net2vec_core.storage import write_table

Stores = list[Path]


def significance(
    config: ConfigFile,
    network: NetworkName,
    dataset: DatasetFolder,
    segmentation: Annotated[Stores, typer.Option(help="Stores of fitted concepts.")],
    controls: Annotated[Stores, typer.Option(help="Stores of fits to permuted labels and in the rotated basis.")],
    segmentation_subsets: Annotated[Stores, typer.Option(help="Stores of the fits with few filters.")],
    single_filter: Annotated[Path, typer.Option(help="Store of the single filters' counts.")],
    fair_single_filter: Annotated[Path, typer.Option(help="Store of the fair single filters.")],
    rotated: Annotated[Path, typer.Option(help="Store of the single filters' counts in the rotated basis.")],
    significance_csv: Annotated[Path, typer.Option(help="Table to write.")],
    gains_csv: Annotated[Path, typer.Option(help="Table to write.")],
    control: Annotated[Stores | None, typer.Option(help="Stores of fitted concepts of the control network.")] = None,
    control_single_filter: Annotated[Path | None, typer.Option(help="Its single filters' counts.")] = None,
) -> None:
    """Hold a layer's embeddings against chance, and against several kinds of single filters."""
    configuration = load(config)
    data = open_dataset(dataset, configuration)
    kept = _positions(dataset, configuration, data)
    expected = {stage: made_from(configuration, stage, network) for stage in STAGES}
    fits = read_segmentations(segmentation, "segmentation", expected["segmentation"])
    others = read_segmentations(controls, "segmentation_controls", expected["segmentation_controls"])
    few = read_segmentations(segmentation_subsets, "segmentation_subsets", expected["segmentation_subsets"])
    best = read_single_filter(single_filter, expected["single_filter"])[1].of_concepts(kept)
    fair = read_fair_single_filter(fair_single_filter, expected["fair_single_filter"]).best.of_concepts(kept)
    turned = read_single_filter(rotated, expected["rotated"])[1].of_concepts(kept)
    of_control = _control(configuration, network, control)
    single_of_control = _single_of_control(configuration, network, control_single_filter, kept)

    val = Val(data.concepts, ~data.labels.is_train)
    constant = count_constant_masks(data.labels, best_constant_masks(data.labels))
    random_iou, seed = random_mask_iou(data.labels), configuration.segmentation.seeds[0]
    singles = {"single": best, "fair": fair, "one_filter": few["1"].counts}
    evidence, gains = [], []
    for recipe in configuration.segmentation.recipes:
        key, embeddings = f"{recipe}/{seed}", fits[f"{recipe}/{seed}"].counts
        chance = Chance(
            constant,
            others[f"permuted/{recipe}"].counts,
            _counts(others, f"rotated/{recipe}"),
            _counts(of_control, key),
        )
        rate = configuration.chance.false_discovery_rate
        table = significance_table(val, embeddings, chance, random_iou, rate)
        evidence.append(
            _described(table, recipe, seed).assign(
                single_iou_val=val.iou(best),
                rotated_single_iou_val=val.iou(turned),
                control_single_iou_val=val.iou(single_of_control),
            )
        )
        gains.append(_described(gain_table(val, embeddings, singles), recipe, seed))
    write_table(pd.concat(evidence, ignore_index=True), significance_csv)
    write_table(pd.concat(gains, ignore_index=True), gains_csv)


STAGES = (
    "segmentation",
    "segmentation_controls",
    "segmentation_subsets",
    "single_filter",
    "fair_single_filter",
    "rotated",
)


def _positions(dataset: Path, config: Config, segmented: Dataset) -> np.ndarray:
    """Where the segmented concepts stand among all."""
    names = open_dataset_with_all_concepts(dataset, config).concepts["name"]
    return np.flatnonzero(names.isin(segmented.concepts["name"]))


def _control(config: Config, network: str, stores: Stores | None) -> dict[str, Segmentation]:
    name = config.network(network).control
    return read_segmentations(stores, "segmentation", made_from(config, "segmentation", name)) if stores else {}


def _single_of_control(config: Config, network: str, store: Path | None, kept: np.ndarray) -> PairCounts | None:
    if store is None:
        return None
    name = config.network(network).control
    return read_single_filter(store, made_from(config, "single_filter", name))[1].of_concepts(kept)


def _counts(fits: dict[str, Segmentation], name: str) -> PairCounts | None:
    return fits[name].counts if name in fits else None


def _described(table: pd.DataFrame, recipe: str, seed: int) -> pd.DataFrame:
    table.insert(2, "recipe", recipe)
    table.insert(3, "seed", seed)
    return table
