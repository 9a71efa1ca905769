"""How near nouns lie in WordNet's tree of hypernyms, read from WordNet's own database files (wndb(5WN))."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from net2vec_core.errors import UserError
from net2vec_core.exports import as_word

FILES = INDEX, DATA = "index.noun", "data.noun"
HYPERNYMS = (b"@", b"@i")  # a kind of, and an instance of


def path_similarity(folder: Path, names: Sequence[str]) -> pd.DataFrame:
    """1 / (1 + edges of the shortest path through a common hypernym) of those of `names` that are nouns in WordNet.

    The best over the senses of both, as `max(a.path_similarity(b))` of NLTK; 0 where no path joins them. White space in
    names is `_` in WordNet, and capitals are small.

    Args:
        folder: WordNet's `dict` folder.
        names: Concepts.

    Returns:
        [concept, concept], in the order of `names`.

    Raises:
        UserError: if a file is missing from the folder, or is not WordNet's.
    """
    lemmas = {name: as_word(name).lower().encode() for name in names}
    try:
        senses = _senses(folder / INDEX, set(lemmas.values()))
        found = [name for name in names if lemmas[name] in senses]
        with (folder / DATA).open("rb") as data:
            above = _Hypernyms(data)
            depths = [above.depths(senses[lemmas[name]]) for name in found]
    except OSError as error:
        raise UserError(
            f"`wordnet`: {error.filename}: {error.strerror}; it should name WordNet's `dict` folder"
        ) from None
    except (ValueError, LookupError) as error:
        raise UserError(f"`wordnet`: {folder / INDEX} or {DATA} is not in WordNet's format: {error}") from None
    index = pd.Index(found, name="concept", dtype="str")
    return pd.DataFrame(1 / (1 + _shortest_paths(depths)), index=index, columns=found)


def _senses(file: Path, lemmas: Collection[bytes]) -> dict[bytes, list[int]]:
    """The synsets of each of `lemmas` that the index holds.

    A line is: lemma pos synsets pointers [pointer…] synsets tagged [synset…]; those of the licence begin with a space.
    """
    senses = {}
    with file.open("rb") as lines:
        for line in lines:
            lemma, _, rest = line.partition(b" ")
            if lemma in lemmas:
                fields = rest.split()
                senses[lemma] = [int(offset) for offset in fields[-int(fields[1]) :]]
    return senses


class _Hypernyms:
    """What lies above synsets, which are known by their place in the file."""

    def __init__(self, data: BinaryIO) -> None:
        self.data = data
        self.known: dict[int, list[int]] = {}

    def depths(self, synsets: Sequence[int]) -> dict[int, int]:
        """How many edges each hypernym lies above the nearest of `synsets`; these themselves 0."""
        depths: dict[int, int] = {}
        level, depth = set(synsets), 0
        while level:
            depths |= dict.fromkeys(level, depth)
            level, depth = {above for synset in level for above in self._above(synset)} - depths.keys(), depth + 1
        return depths

    def _above(self, synset: int) -> list[int]:
        if synset not in self.known:
            self.data.seek(synset)
            self.known[synset] = list(_hypernyms(self.data.readline(), synset))
        return self.known[synset]


def _hypernyms(line: bytes, synset: int) -> Iterator[int]:
    """The direct hypernyms of a synset.

    Its line is: synset file type words [word number…] pointers [pointer synset pos source/target…] | gloss.
    """
    fields = line.partition(b"|")[0].split()
    if not fields or int(fields[0]) != synset:
        raise ValueError(f"there is no synset at {synset}")
    first = 4 + 2 * int(fields[3], 16)
    for place in range(first + 1, first + 1 + 4 * int(fields[first]), 4):
        if fields[place] in HYPERNYMS:
            yield int(fields[place + 1])


def _shortest_paths(depths: Sequence[Mapping[int, int]]) -> NDArray[np.float64]:
    """Edges between each two nouns, by way of the hypernym with the fewest; infinite where none is common."""
    column = {synset: number for number, synset in enumerate(dict.fromkeys(key for found in depths for key in found))}
    edges = np.full((len(depths), len(column)), np.inf)
    for row, found in zip(edges, depths, strict=True):
        row[[column[synset] for synset in found]] = list(found.values())
    paths = np.full((len(depths), len(depths)), np.inf)
    for path, row in zip(paths, edges, strict=True):
        own = np.isfinite(row)
        path[:] = (edges[:, own] + row[own]).min(axis=1, initial=np.inf)
    return paths
