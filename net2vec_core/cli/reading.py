"""Reading the data set's tables."""

from pathlib import Path

import pandas as pd

from net2vec_core.storage import read_table


def read_images(folder: Path) -> pd.DataFrame:
    """Table of image, path, split, height, width."""
    return read_table(folder / "images.csv", columns=("image", "split"), dtype={"path": str})


def read_occurrences(folder: Path) -> pd.DataFrame:
    """Table of image, concept, pixels."""
    return read_table(folder / "occurrences.csv.gz", columns=("image", "pixels"), dtype={"concept": str})


def read_concepts(path: Path) -> pd.DataFrame:
    """Table of the studied concepts."""
    return read_table(path, columns=("concept_id", "category", "pixel_level", "alpha"), dtype={"name": str})
