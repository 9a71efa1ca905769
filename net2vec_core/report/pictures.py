"""The page's pictures: small images, and strips of masks that are laid over them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from PIL import Image

from net2vec_core.dataset.images import read_rgb
from net2vec_core.embedding import Embeddings
from net2vec_core.figures.predictions import Predictor
from net2vec_core.labels import Labels
from net2vec_core.parallel import ordered_map
from net2vec_core.progress import progress
from net2vec_core.settings import Fit

SIDE = 144  # of an image, pixels
QUALITY = 72
CONCEPTS_AT_ONCE = 64
OUTSIDE, INSIDE, EDGE = 0, 1, 2
OPACITIES = bytes([0, 70, 255])
COLORS = {"labelled": (0, 214, 255), "filter": (255, 176, 0), "embedding": (235, 30, 130)}
"""What lies over an image: the labelled mask, the best single filter's and the embedding's."""


def write_thumbnails(images: Sequence[int], paths: "pd.Series[str]", fit: Fit, folder: Path, threads: int) -> None:
    """Write `images/NUMBER.webp` for each of these images."""
    place = _made(folder / "images")

    def write(image: int) -> None:
        pixels = read_rgb(Path(paths.iloc[image]), SIDE, fit)
        Image.fromarray(pixels).save(place / f"{image}.webp", quality=QUALITY, method=4)

    for _ in ordered_map(write, progress(images, "drawing images", "image"), threads):
        pass


@dataclass(frozen=True)
class MaskSources:
    """What the masks of a layer are made from.

    Attributes:
        concepts: The segmented concepts' names, in the order of labels and embeddings.
        labels: Their labels.
        predictor: Predictions of the layer.
        embeddings: One a recipe.
    """

    concepts: pd.Index
    labels: Labels
    predictor: Predictor
    embeddings: Sequence[Embeddings]


def write_concept_masks(shown: pd.DataFrame, concepts: pd.DataFrame, sources: MaskSources, folder: Path) -> None:
    """Write strips `concepts/NUMBER-KIND.png` of a layer: one tile for each of a concept's rows in `shown`.

    Args:
        shown: Columns concept, image.
        concepts: Columns concept_id, concept, single_filter; one row a concept of `shown`.
        sources: What masks are made from.
        folder: Of the layer's pictures.
    """
    place = _made(folder / "concepts")
    for first in progress(range(0, len(concepts), CONCEPTS_AT_ONCE), "drawing concepts", "batch"):
        batch = concepts.iloc[first : first + CONCEPTS_AT_ONCE]
        rows = shown.merge(batch, on="concept", validate="many_to_one")
        masks = masks_of(rows, sources)
        for number, places in rows.groupby("concept_id").indices.items():
            for kind, every in masks.items():
                save_strip(every[places], COLORS[kind.partition("-")[0]], place / f"{number}-{kind}.png")


def masks_of(rows: pd.DataFrame, sources: MaskSources) -> dict[str, NDArray[np.bool_]]:
    """The masks bool [row, y, x] of rows with columns concept, image and single_filter, by kind.

    Kinds are `labelled`, `filter` (the best single one), and `embedding-RECIPE` for each recipe.
    """
    images, concepts = rows["image"].to_numpy(), sources.concepts.get_indexer(pd.Index(rows["concept"]))
    predictor, recipes = sources.predictor, sources.embeddings
    filter_cells = predictor.filter_cells(images, rows["single_filter"].to_numpy())
    masks = {
        "labelled": sources.labels.masks_of(images, concepts),
        "filter": np.stack([predictor.single(cells) for cells in filter_cells]),
    }
    # all recipes' weights as one table, so that stored masks are read once
    weights = np.concatenate([embeddings.weights for embeddings in recipes]).astype(np.float64)
    places = (len(sources.concepts) * np.arange(len(recipes))[:, None] + concepts).ravel()
    cells = predictor.embedding_cells(np.tile(images, len(recipes)), places, weights)
    for embeddings, of_recipe in zip(recipes, np.split(cells, len(recipes)), strict=True):
        biases = embeddings.bias[concepts].tolist()
        multi = [predictor.multi(of_row, bias) for of_row, bias in zip(of_recipe, biases, strict=True)]
        masks[f"embedding-{embeddings.recipe}"] = np.stack(multi)
    return masks


def write_filter_masks(deciles: pd.DataFrame, predictor: Predictor, folder: Path, threads: int) -> None:
    """Write strips `filters/NUMBER.png` of a layer: one tile for each of a filter's rows in `deciles`.

    Args:
        deciles: Columns filter, image: as many rows for every filter, those of a filter one after the other.
        predictor: Predictions of the layer.
        folder: Of the layer's pictures.
        threads: How many strips are made side by side.
    """
    place = _made(folder / "filters")
    filters = deciles["filter"].unique().tolist()
    cells = predictor.filter_cells(deciles["image"].to_numpy(), deciles["filter"].to_numpy())
    of_filter = cells.reshape(len(filters), -1, *cells.shape[1:])

    def write(row: int) -> None:
        masks = np.stack([predictor.single(tile) for tile in of_filter[row]])
        save_strip(masks, COLORS["filter"], place / f"{filters[row]}.png")

    for _ in ordered_map(write, progress(range(len(filters)), "drawing filters", "filter"), threads):
        pass


def save_strip(masks: NDArray[np.bool_], color: tuple[int, int, int], path: Path) -> None:
    """Masks [tile, y, x] side by side in one colour: faint within, full along their edges, transparent outside."""
    inside = np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    core = inside[:, :-2, 1:-1] & inside[:, 2:, 1:-1] & inside[:, 1:-1, :-2] & inside[:, 1:-1, 2:]
    kinds = np.where(masks, np.where(core, INSIDE, EDGE), OUTSIDE).astype(np.uint8)
    picture = Image.fromarray(np.concatenate(list(kinds), axis=1), "P")
    picture.putpalette(color * len(OPACITIES))
    picture.save(path, bits=2, transparency=OPACITIES, optimize=True)


def as_sources(folder: Path, encode: Callable[[bytes, str], str]) -> dict[str, str]:
    """Every picture under `folder` by its path within, encoded by its bytes and suffix."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): encode(path.read_bytes(), path.suffix[1:]) for path in files}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
