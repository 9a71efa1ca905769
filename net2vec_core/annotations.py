"""Which images are annotated for which category: there, a pixel without a concept's label is known not to be of it."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Annotations:
    """An image is annotated for a category if it holds any label of it.

    Attributes:
        images: bool [image, category], for the categories of the studied concepts.
        category: int64 [concept], each studied concept's category, as a column of `images`.
    """

    images: NDArray[np.bool_]
    category: NDArray[np.int64]

    def of_concepts(self) -> NDArray[np.bool_]:
        """Which images are annotated for each studied concept's category, bool [image, concept]."""
        return self.images[:, self.category]


def annotations(
    concepts: pd.DataFrame, vocabulary: pd.DataFrame, occurrences: pd.DataFrame, images: int
) -> Annotations:
    """The images annotated for the categories of the studied concepts.

    Args:
        concepts: The studied concepts: column category.
        vocabulary: All concepts of the data set: columns name, category.
        occurrences: All of them by image: columns image, concept.
        images: Number of images.
    """
    category, names = pd.factorize(concepts["category"])
    columns = pd.Index(names).get_indexer(vocabulary["category"])
    column = occurrences["concept"].map(dict(zip(vocabulary["name"], columns, strict=True))).to_numpy()
    annotated = np.zeros((images, len(names)), bool)
    annotated[occurrences["image"].to_numpy()[column >= 0], column[column >= 0]] = True
    return Annotations(annotated, category.astype(np.int64))
