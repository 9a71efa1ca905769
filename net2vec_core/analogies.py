"""Arithmetic with concepts: which embedding is nearest to a + b − c, and would any other concepts have done as well?"""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.embedding import NEIGHBOURS, unit_vectors
from net2vec_core.errors import UserError, did_you_mean
from net2vec_core.statistics import generator

SHUFFLES = 999
COLUMNS = ("analogy", "rank", "neighbour", "cosine", "expected", "expected_rank", "shuffled_rank", "p_value")
_SIGNS = {"+": 1, "-": -1, "−": -1}
_END_OF_NAME = re.compile(r"\s*([+\-−=]|$)")


@dataclass(frozen=True)
class Analogy:
    """A sum of concepts, each taken so many times (below 0: subtracted), and the answer that is expected, if any."""

    text: str
    terms: dict[str, int]
    expected: str | None


def parse_analogy(text: str, known: Collection[str]) -> Analogy:
    """What a text such as `grass + blue - green = sky` means.

    Names may hold spaces and signs: where several of the `known` ones fit, the longest is meant.

    Raises:
        UserError: if a concept is unknown or missing, or the answer is one of the terms.
    """
    rest, terms = text.strip(), Counter[str]()
    if rest[:1] not in _SIGNS:
        rest = f"+{rest}"
    while rest[:1] in _SIGNS:
        name = _leading_name(text, rest[1:].lstrip(), known)
        terms[name] += _SIGNS[rest[0]]
        rest = rest[1:].lstrip()[len(name) :].lstrip()
    expected = rest[1:].strip() if rest else None
    if expected is not None and expected not in known:
        raise _unknown(text, expected, known)
    if expected in terms:
        raise UserError(f"`{text}`: the answer `{expected}` is one of the terms")
    return Analogy(text, dict(terms), expected)


def _leading_name(text: str, rest: str, known: Collection[str]) -> str:
    fitting = [name for name in known if rest.startswith(name) and _END_OF_NAME.match(rest, len(name))]
    if not fitting:
        raise _unknown(text, re.split(r"\s[+\-−]\s|=", rest)[0].strip(), known)
    return max(fitting, key=len)


def _unknown(text: str, name: str, known: Collection[str]) -> UserError:
    if not name:
        return UserError(f"`{text}`: a concept is missing")
    return UserError(f"`{text}`: no concept `{name}` is studied{did_you_mean(name, known)}")


def nearest(analogy: Analogy, weights: pd.DataFrame) -> pd.Series:
    """The cosine of every concept but the terms with the sum of the terms' unit vectors, the nearest first.

    Unit vectors, since the length of an embedding says how long it was fitted rather than what it means.
    """
    unit = unit_vectors(weights)
    total = np.array(list(analogy.terms.values())) @ unit[weights.index.get_indexer(pd.Index(list(analogy.terms)))]
    cosines = pd.Series(unit @ total / (np.linalg.norm(total) or 1.0), index=weights.index, name="cosine")
    return cosines[~weights.index.isin(list(analogy.terms))].sort_values(ascending=False, kind="stable")


def analogies_table(texts: Sequence[str], weights: pd.DataFrame) -> pd.DataFrame:
    """The NEIGHBOURS concepts nearest to each analogy, and how its expected answer ranks: columns COLUMNS.

    Args:
        texts: Such as `grass + blue - green = sky`.
        weights: Embeddings, one row a concept (its name is the index), one column a filter.

    Raises:
        UserError: naming the first analogy that cannot be computed.
    """
    try:
        analogies = [parse_analogy(text, weights.index) for text in texts]
    except UserError as error:
        raise UserError(f"`analogies`: {error}") from None
    return pd.DataFrame([row for analogy in analogies for row in _rows(analogy, weights)], columns=COLUMNS)


def _rows(analogy: Analogy, weights: pd.DataFrame) -> list[tuple[Any, ...]]:
    cosines = nearest(analogy, weights)
    scored = (analogy.expected, *_score(analogy, cosines, weights))
    first = enumerate(cosines.head(NEIGHBOURS).items(), start=1)
    return [(analogy.text, rank, neighbour, cosine, *scored) for rank, (neighbour, cosine) in first]


def _score(analogy: Analogy, cosines: pd.Series, weights: pd.DataFrame) -> tuple[float, float, float]:
    """The expected answer's rank, its mean rank among shuffled names, and the share of shuffles that do as well."""
    if analogy.expected is None:
        return np.nan, np.nan, np.nan
    rank = 1 + int((cosines > cosines[analogy.expected]).sum())
    shuffled = shuffled_ranks(list(analogy.terms.values()), unit_vectors(weights), generator(analogy.text))
    return rank, float(shuffled.mean()), float((1 + (shuffled <= rank).sum()) / (1 + SHUFFLES))


def shuffled_ranks(times: Sequence[int], unit: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.int64]:
    """The rank of the expected answer when names are dealt to the vectors at random, SHUFFLES times.

    Args:
        times: How often each term is taken.
        unit: Unit vectors [concept, filter].
        rng: Where the deals come from.
    """
    deals = rng.permuted(np.tile(np.arange(len(unit)), (SHUFFLES, 1)), axis=1)
    terms, expected = deals[:, : len(times)], deals[:, [len(times)]]
    cosines = np.einsum("t,stf->sf", times, unit[terms]) @ unit.T
    np.put_along_axis(cosines, terms, -np.inf, axis=1)
    ranks: NDArray[np.int64] = 1 + (cosines > np.take_along_axis(cosines, expected, axis=1)).sum(axis=1)
    return ranks
