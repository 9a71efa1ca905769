"""Which concepts lie together: clusters of embeddings, and their places on a plane."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.linalg import eigh
from scipy.spatial.distance import squareform

MIN_COSINE = 0.2  # clusters join while the mean cosine between their members is at least this


def concept_map(cosines: pd.DataFrame, categories: pd.Series) -> pd.DataFrame:
    """One row a concept: concept, category, x, y, cluster (0 is the largest).

    Args:
        cosines: Rows and columns are named after concepts.
        categories: Each concept's category; the index holds the concepts' names.
    """
    values = cosines.to_numpy()
    x, y = plane(values).T
    table = pd.DataFrame({"concept": cosines.index, "category": categories[cosines.index].to_numpy()})
    return table.assign(x=x, y=y, cluster=clusters(values))


def plane(cosines: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places [concept, x or y] that keep the distances between unit vectors as well as any plane does.

    Classical multidimensional scaling (Torgerson 1952): the same as the first two principal components of the unit
    vectors. The concept farthest out on each axis has a positive coordinate there.
    """
    size = len(cosines)
    centring = np.eye(size) - 1 / size
    values, vectors = eigh(centring @ ((cosines + cosines.T) / 2) @ centring)
    values, vectors = np.append(values[:-3:-1], 0)[:2], np.column_stack([vectors[:, :-3:-1], np.zeros(size)])[:, :2]
    farthest = np.take_along_axis(vectors, np.abs(vectors).argmax(axis=0)[None], axis=0)
    return vectors * np.where(farthest < 0, -1, 1) * np.sqrt(np.maximum(values, 0))


def clusters(cosines: NDArray[np.float64]) -> NDArray[np.int64]:
    """The number of each concept's cluster, the largest first: the tree's branches where cosines reach MIN_COSINE."""
    tree = cluster_tree(cosines)
    if tree is None:
        return np.zeros(len(cosines), np.int64)
    found = fcluster(tree, 1 - MIN_COSINE, "distance")
    _, first, member_of, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    number = np.argsort(np.lexsort([first, -sizes]))
    return number[member_of]


def cluster_tree(cosines: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """The average-linkage tree of distances 1 − cosine, near leaves beside each other; None for a single concept."""
    if len(cosines) < 2:
        return None
    distances = np.clip(1 - (cosines + cosines.T) / 2, 0, 2)  # exactly symmetric in spite of rounding
    np.fill_diagonal(distances, 0)
    return linkage(squareform(distances), method="average", optimal_ordering=True)
