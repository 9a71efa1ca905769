"""Images at the deciles of a score: good, bad and middling ones, as examples that are not picked to please."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

DECILES = np.arange(0, 101, 10)  # per cent; 0 is the lowest score, 100 the highest


def decile_places(number: int) -> NDArray[np.int64]:
    """Where the deciles lie among `number` ranked values, int64 [decile]: rank d · (number − 1) / 100, half up."""
    places: NDArray[np.int64] = (DECILES * (number - 1) + 50) // 100
    return places


def concept_deciles(individual: pd.DataFrame, concepts: Sequence[str]) -> pd.DataFrame:
    """Each concept's images at the deciles of `iou_multi`; where it has few, one image stands for several deciles.

    Args:
        individual: Columns image, concept, iou_single, iou_multi; equal IoUs rank by image.
        concepts: Names, in the order of the result; each has an image.

    Returns:
        Columns concept, decile (per cent), image, iou_single, iou_multi.
    """
    ranked = individual.sort_values(["iou_multi", "image"], kind="stable")
    rows_of = ranked.groupby("concept").indices
    chosen = ranked.iloc[np.concatenate([rows_of[name][decile_places(len(rows_of[name]))] for name in concepts])]
    table = chosen.reset_index(drop=True).assign(decile=np.tile(DECILES, len(concepts)))
    return table[["concept", "decile", "image", "iou_single", "iou_multi"]]


def filter_deciles(maxima: NDArray[np.float32], first: int) -> pd.DataFrame:
    """Each filter's images at the deciles of its maximum; equal maxima rank by image.

    Args:
        maxima: float32 [image, filter], of consecutive filters.
        first: The number of the first of these.

    Returns:
        Columns filter, decile (per cent), image, maximum.
    """
    images, filters = maxima.shape
    places = decile_places(images)
    image = np.stack([np.argsort(of_filter, kind="stable")[places] for of_filter in maxima.T])
    return pd.DataFrame(
        {
            "filter": np.repeat(first + np.arange(filters), len(DECILES)),
            "decile": np.tile(DECILES, filters),
            "image": image.ravel(),
            "maximum": np.take_along_axis(maxima.T, image, axis=1).ravel(),
        }
    )
