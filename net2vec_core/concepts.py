"""Which concepts are studied, and what each looks like in the data."""

import logging

import numpy as np
import pandas as pd

from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.settings import ConceptSettings

logger = logging.getLogger(__name__)


def concept_table(
    vocabulary: pd.DataFrame,
    images: pd.DataFrame,
    occurrences: pd.DataFrame,
    mask_pixels: int,
    settings: ConceptSettings,
) -> pd.DataFrame:
    """One row for each concept that is studied, in the order of their numbers.

    Columns: concept_id, name, category, pixel_level, train_images, val_images, mean_coverage (mean share of the pixels
    of a train image that holds the concept), alpha (1 − mean_coverage; 0 for a concept of whole images).

    Args:
        vocabulary: All concepts: concept_id, name, category, pixel_level.
        images: image, split.
        occurrences: image, concept, pixels.
        mask_pixels: Pixels of the mask grid.
        settings: Which concepts are wanted.

    Raises:
        UserError: if the settings name an unknown concept or category, an included concept has too few images, or none
            is left.
    """
    if occurrences.empty:
        raise UserError("the data set has no label in any image: all pixels of its masks are 0")
    _require_known(settings.include + settings.exclude, vocabulary["name"].tolist())
    _require_categories(settings, vocabulary["category"].unique().tolist())
    _require_no_contradiction(settings, dict(zip(vocabulary["name"], vocabulary["category"], strict=True)))
    table = _describe(vocabulary, images, occurrences, mask_pixels)
    wanted = table[_wanted(table, settings)]
    enough = (wanted["train_images"] >= settings.min_train) & (wanted["val_images"] >= settings.min_val)
    _report_left_out(wanted[~enough], settings)
    if not enough.any():
        raise UserError("no concept is left to study: loosen `concepts` in the configuration")
    return wanted[enough].reset_index(drop=True)


def left_out(
    vocabulary: pd.DataFrame,
    images: pd.DataFrame,
    occurrences: pd.DataFrame,
    mask_pixels: int,
    settings: ConceptSettings,
) -> pd.DataFrame:
    """The concepts that `concept_table` leaves out of the same arguments: columns name, category, reason."""
    table = _describe(vocabulary, images, occurrences, mask_pixels)
    reason = pd.Series("", index=table.index).mask(~_wanted(table, settings), "`concepts` in the configuration says so")
    rare = (table["train_images"] < settings.min_train) | (table["val_images"] < settings.min_val)
    counts = table["train_images"].astype(str) + " train and " + table["val_images"].astype(str) + " val images"
    reason = reason.mask((reason == "") & rare, counts + f"; {settings.min_train} and {settings.min_val} are needed")
    return table.assign(reason=reason).loc[reason != "", ["name", "category", "reason"]].reset_index(drop=True)


def with_masks(table: pd.DataFrame, image_level: bool) -> pd.DataFrame:
    """The concepts that are segmented: those with masks, and where `image_level` those of whole images, too."""
    return table[table["pixel_level"] | image_level].reset_index(drop=True)


def require_masks(table: pd.DataFrame, image_level: bool) -> None:
    """Refuse a table of which nothing is segmented.

    Raises:
        UserError: if all its concepts are of whole images and these are not wanted as masks.
    """
    if with_masks(table, image_level).empty:
        raise UserError(
            "no concept that is studied has masks: widen `concepts`, or set `segmentation.image_level: true`, which"
            " takes a label of a whole image for a mask of all its pixels"
        )


def _require_known(named: list[str], known: list[str]) -> None:
    for name in named:
        if name not in known:
            raise UserError(f"`concepts`: the data set has no concept `{name}`{did_you_mean(name, known)}")


def _require_categories(settings: ConceptSettings, known: list[str]) -> None:
    for category in [] if settings.categories == "all" else settings.categories:
        if category not in known:
            raise UserError(
                f"`concepts.categories`: the data set has no category `{category}`; it has {', '.join(known)}"
            )


def _require_no_contradiction(settings: ConceptSettings, category: dict[str, str]) -> None:
    for name in settings.include:
        if name in settings.exclude:
            raise UserError(f"`concepts`: `{name}` is in `include` and in `exclude`")
        if settings.categories != "all" and category[name] not in settings.categories:
            where = f"`{name}` is of category `{category[name]}`, which `concepts.categories` leaves out"
            raise UserError(f"`concepts.include`: {where}")


def _describe(
    vocabulary: pd.DataFrame, images: pd.DataFrame, occurrences: pd.DataFrame, mask_pixels: int
) -> pd.DataFrame:
    pairs = occurrences.merge(images[["image", "split"]], on="image")
    pairs["coverage"] = pairs["pixels"] / mask_pixels
    train = pairs[pairs["split"] == "train"].groupby("concept")
    table = vocabulary.copy()
    for split in ("train", "val"):
        count = pairs[pairs["split"] == split].groupby("concept").size()
        table[f"{split}_images"] = table["name"].map(count).fillna(0).astype(int)
    table["mean_coverage"] = table["name"].map(train["coverage"].mean())
    table["alpha"] = np.where(table["pixel_level"], 1 - table["mean_coverage"], 0.0)
    return table.sort_values("concept_id", ignore_index=True)


def _wanted(table: pd.DataFrame, settings: ConceptSettings) -> pd.Series:
    wanted = ~table["name"].isin(settings.exclude)
    if settings.categories != "all":
        wanted &= table["category"].isin(settings.categories)
    if settings.include:
        wanted &= table["name"].isin(settings.include)
    return wanted


def _report_left_out(rare: pd.DataFrame, settings: ConceptSettings) -> None:
    need = f"{settings.min_train} train and {settings.min_val} val images are needed"
    counts = {
        row.name: f"`{row.name}` has {row.train_images} and {row.val_images}" for row in rare.itertuples(index=False)
    }
    included = [counts[name] for name in settings.include if name in counts]
    if included:
        raise UserError(f"`concepts.include`: {'; '.join(included)}; {need}")
    if counts:
        logger.info("%d concepts are left out, since %s: %s", len(counts), need, "; ".join(counts.values()))
