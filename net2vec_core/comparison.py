"""How alike two spaces of concepts are: layers, networks, word vectors, WordNet.

Spaces are compared on the concepts they share; nothing here needs their dimensions to correspond.
"""

from dataclasses import dataclass
from itertools import combinations, product
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from net2vec_core.embedding import cosine_similarity
from net2vec_core.statistics import generator

PERMUTATIONS = 999
NEIGHBOURS_COMPARED = 5
MIN_SHARED = 4  # with fewer concepts, debiased CKA divides by zero


@dataclass(frozen=True)
class Space:
    """How similar concepts are to each other, in a network and its layer or in some other source and part of it.

    Attributes:
        network: A network's name, or the source.
        layer: A layer's, or the part.
        similarities: [concept, concept], such as cosines.
        vectors: [concept, dimension], where it has any.
    """

    network: str
    layer: str
    similarities: pd.DataFrame
    vectors: pd.DataFrame | None = None

    @classmethod
    def of_vectors(cls, network: str, layer: str, vectors: pd.DataFrame) -> Self:
        """The space of vectors [concept, dimension], similar by their cosines."""
        return cls(network, layer, cosine_similarity(vectors), vectors)


@dataclass(frozen=True)
class Comparison:
    """One row of the table of comparisons; NaN where too few concepts are shared."""

    first_network: str
    first_layer: str
    second_network: str
    second_layer: str
    shared_concepts: int
    squared_difference: float = np.nan
    rank_correlation: float = np.nan
    p_value: float = np.nan
    cka: float = np.nan
    neighbour_agreement: float = np.nan
    chance_agreement: float = np.nan


def comparison_table(layers: list[Space], others: list[Space]) -> pd.DataFrame:
    """Every pair of layers, then every layer with each of the others; columns are the fields of Comparison."""
    pairs = [*combinations(layers, 2), *((layer, other) for other, layer in product(others, layers))]
    return pd.DataFrame([compare(*pair) for pair in pairs], columns=list(Comparison.__dataclass_fields__))


def compare(first: Space, second: Space) -> Comparison:
    """Two spaces on the concepts they share; CKA where both have vectors."""
    shared = [name for name in first.similarities.index if name in second.similarities.index]
    names = (first.network, first.layer, second.network, second.layer, len(shared))
    if len(shared) < MIN_SHARED:
        return Comparison(*names)
    ours, theirs = (space.similarities.loc[shared, shared].to_numpy() for space in (first, second))
    vectors = [space.vectors.loc[shared].to_numpy(np.float64) for space in (first, second) if space.vectors is not None]
    return Comparison(
        *names,
        float(np.square(ours - theirs).sum()),
        *mantel(ours, theirs, generator(" ".join(names[:4]))),
        linear_cka(*vectors) if len(vectors) == 2 else np.nan,
        *neighbour_agreement(ours, theirs),
    )


def mantel(ours: NDArray[np.float64], theirs: NDArray[np.float64], rng: np.random.Generator) -> tuple[float, float]:
    """Spearman's correlation of the off-diagonal entries of two symmetric matrices, and its one-sided p-value.

    Mantel's test (1967): pairs are not independent, so whole concepts are exchanged, PERMUTATIONS times (or in all
    ways where there are fewer). NaN where all entries of a matrix are equal.
    """
    first, second = _centred_ranks(ours), _centred_ranks(theirs)
    norm = float(np.linalg.norm(first) * np.linalg.norm(second))
    if norm == 0:
        return np.nan, np.nan
    result = stats.permutation_test(
        (np.arange(len(first)),),
        lambda order: np.vdot(first, second[np.ix_(order, order)]) / norm,
        permutation_type="pairings",
        alternative="greater",
        n_resamples=PERMUTATIONS,
        rng=rng,
    )
    return float(result.statistic), float(result.pvalue)


def linear_cka(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> float:
    """Linear centred kernel alignment of two sets of vectors [concept, dimension] (Kornblith et al. 2019), debiased.

    Without debiasing (Song et al. 2012) two random sets look alike as soon as they have more dimensions than
    concepts, as embeddings mostly do: 63 vectors of 512 random numbers each come to 0.9.
    """
    first, second = (_u_centred(vectors @ vectors.T) for vectors in (ours, theirs))
    norm = float(np.linalg.norm(first) * np.linalg.norm(second))
    return float(np.vdot(first, second)) / norm if norm > 0 else np.nan


def neighbour_agreement(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float]:
    """The mean share of its NEIGHBOURS_COMPARED nearest that a concept keeps from one to the other, and chance's."""
    others = len(ours) - 1
    count = min(NEIGHBOURS_COMPARED, others)
    common = _nearest(ours, count) & _nearest(theirs, count)
    return float(common.sum() / (len(ours) * count)), count / others


def _centred_ranks(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The ranks of a symmetric matrix's off-diagonal entries less their mean, in their places; 0 on the diagonal."""
    places = np.triu_indices(len(matrix), 1)
    ranks = np.zeros_like(matrix)
    ranks[places] = stats.rankdata(matrix[places])
    ranks[places] -= ranks[places].mean()
    return ranks + ranks.T


def _u_centred(gram: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Gram matrix without its diagonal, centred so that products of two such matrices estimate HSIC without bias."""
    size = len(gram)
    np.fill_diagonal(gram, 0)
    means = gram.sum(axis=0) / (size - 2)
    means -= means.sum() / (2 * (size - 1))
    centred: NDArray[np.float64] = np.where(np.eye(size, dtype=bool), 0, gram - means - means[:, None])
    return centred


def _nearest(cosines: NDArray[np.float64], count: int) -> NDArray[np.bool_]:
    """Whether the column's concept is among the nearest of the row's."""
    others = np.where(np.eye(len(cosines), dtype=bool), -np.inf, cosines)
    near = np.zeros(cosines.shape, bool)
    np.put_along_axis(near, np.argsort(-others, axis=1, kind="stable")[:, :count], True, axis=1)
    return near
