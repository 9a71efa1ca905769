"""The embeddings as vectors: stored by task, recipe and seed; their cosines and nearest neighbours."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray

from net2vec_core.storage import new_store, open_store

NEIGHBOURS = 10


@dataclass(frozen=True)
class Embeddings:
    """Concept vectors of one task, recipe and seed: `weights` float32 [concept, filter], `bias` float32 [concept]."""

    task: str
    recipe: str
    seed: int
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    @property
    def path(self) -> str:
        """Where they lie in their store."""
        return f"{self.task}/{self.recipe}/{self.seed}"


def write_embeddings(store: Path, concepts: list[str], embeddings: list[Embeddings], made_from: dict[str, Any]) -> None:
    """Store embeddings of the same concepts, each under task/recipe/seed; the concepts' names are an attribute."""
    with new_store(store, "tables", made_from) as root:
        root.attrs["concepts"] = concepts
        for embedding in embeddings:
            attributes = {"task": embedding.task, "recipe": embedding.recipe, "seed": embedding.seed}
            group = root.create_group(embedding.path, attributes=attributes)
            group.create_array("weights", data=embedding.weights)
            group.create_array("bias", data=embedding.bias)


def read_weights(store: Path, task: str, recipe: str, seed: int, made_from: dict[str, Any]) -> pd.DataFrame:
    """The weights of one task, recipe and seed: one row a concept (its name is the index), one column a filter."""
    root = open_store(store, "tables", made_from)
    weights = cast(zarr.Array[Any], root[f"{task}/{recipe}/{seed}/weights"])
    return pd.DataFrame(np.asarray(weights[:]), index=pd.Index(cast(list[str], root.attrs["concepts"]), name="concept"))


def cosine_similarity(weights: pd.DataFrame) -> pd.DataFrame:
    """Cosines between all concepts' vectors, [concept, concept]; 0 with a vector of zeros (DESIGN 6.10)."""
    vectors = weights.to_numpy(np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return pd.DataFrame(unit @ unit.T, index=weights.index, columns=list(weights.index))


def neighbours(cosines: pd.DataFrame) -> pd.DataFrame:
    """Each concept's NEIGHBOURS nearest other concepts: concept, rank (from 1), neighbour, cosine."""
    values = cosines.to_numpy(copy=True)
    np.fill_diagonal(values, -np.inf)
    nearest = np.argsort(-values, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(values) - 1)]
    concept, rank = np.indices(nearest.shape)
    names = cosines.index.to_numpy()
    return pd.DataFrame(
        {
            "concept": names[concept.ravel()],
            "rank": rank.ravel() + 1,
            "neighbour": names[nearest.ravel()],
            "cosine": values[concept.ravel(), nearest.ravel()],
        }
    )
