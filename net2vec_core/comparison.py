"""How alike two spaces of concepts are: layers, networks, word vectors.

Spaces are compared on the concepts they share; nothing here needs their dimensions to correspond.
"""

from dataclasses import dataclass
from itertools import combinations

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
    """Vectors of concepts [concept, dimension], of a network and its layer, or of word vectors and their file."""

    network: str
    layer: str
    vectors: pd.DataFrame


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


def comparison_table(layers: list[Space], words: Space | None) -> pd.DataFrame:
    """Every pair of layers, then every layer with the word vectors; columns are the fields of Comparison."""
    pairs = [*combinations(layers, 2), *((layer, words) for layer in layers if words is not None)]
    return pd.DataFrame([compare(*pair) for pair in pairs], columns=list(Comparison.__dataclass_fields__))


def compare(first: Space, second: Space) -> Comparison:
    """Two spaces on the concepts they share."""
    shared = [name for name in first.vectors.index if name in second.vectors.index]
    names = (first.network, first.layer, second.network, second.layer, len(shared))
    if len(shared) < MIN_SHARED:
        return Comparison(*names)
    ours, theirs = first.vectors.loc[shared], second.vectors.loc[shared]
    cosines = cosine_similarity(ours).to_numpy(), cosine_similarity(theirs).to_numpy()
    return Comparison(
        *names,
        float(np.square(cosines[0] - cosines[1]).sum()),
        *mantel(*cosines, generator(" ".join(names[:4]))),
        linear_cka(ours.to_numpy(np.float64), theirs.to_numpy(np.float64)),
        *neighbour_agreement(*cosines),
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
