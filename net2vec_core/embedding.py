"""The embeddings as vectors: stored by task, recipe and seed; their cosines and nearest neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import zarr
from numpy.typing import NDArray

from net2vec_core.errors import UserError
from net2vec_core.storage import new_store, open_store

NEIGHBOURS = 10


@dataclass(frozen=True)
class Embeddings:
    """Concept vectors of one task, recipe and seed, and the device that fitted them.

    `weights` are float32 [concept, filter], `bias` float32 [concept].
    """

    task: str
    recipe: str
    seed: int
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    device: str = "cpu"

    @property
    def path(self) -> str:
        """Where they lie in their store."""
        return f"{self.task}/{self.recipe}/{self.seed}"


def write_embeddings(store: Path, concepts: list[str], embeddings: list[Embeddings], made_from: dict[str, Any]) -> None:
    """Store embeddings of the same concepts, each under task/recipe/seed; the concepts' names are an attribute."""
    with new_store(store, "tables", made_from) as root:
        root.attrs["concepts"] = concepts
        root.attrs["embeddings"] = [embedding.path for embedding in embeddings]
        for embedding in embeddings:
            about = {name: getattr(embedding, name) for name in ("task", "recipe", "seed", "device")}
            group = root.create_group(embedding.path, attributes=about)
            group.create_array("weights", data=embedding.weights)
            group.create_array("bias", data=embedding.bias)


def read_weights(store: Path, task: str, recipe: str, seed: int, made_from: dict[str, Any]) -> pd.DataFrame:
    """The weights of one task, recipe and seed: one row a concept (its name is the index), one column a filter."""
    root = open_store(store, "tables", made_from)
    return _table(root, _embeddings(root, f"{task}/{recipe}/{seed}"))


def read_embeddings(
    store: Path, task: str, recipes: Sequence[str], seed: int, made_from: dict[str, Any]
) -> list[Embeddings]:
    """The weights and biases of one task and seed, for each of these recipes."""
    root = open_store(store, "tables", made_from)
    return [_embeddings(root, f"{task}/{recipe}/{seed}") for recipe in recipes]


def load_embeddings(
    path: str | Path, task: str | None = None, recipe: str | None = None, seed: int | None = None
) -> pd.DataFrame:
    """A layer's embeddings as a table: one row a concept (its name is the index), one column a filter.

    Args:
        path: results/RUN/NETWORK/LAYER/embeddings.zarr; the configuration that made it is not needed.
        task: `segmentation`, say; like `recipe` and `seed`, the first one in the store if it is left out.
        recipe: How the weights were fitted.
        seed: Seed of the start weights.

    Raises:
        UserError: if there is no such store, or it does not hold what is asked for.
    """
    root, embeddings = find_embeddings(Path(path), task, recipe, seed)
    return _table(root, embeddings).rename_axis("filter", axis=1)


def find_embeddings(
    store: Path, task: str | None = None, recipe: str | None = None, seed: int | None = None
) -> tuple[zarr.Group, Embeddings]:
    """A store, whatever configuration made it, and the first of its embeddings that is of this task, recipe and seed.

    Raises:
        UserError: naming those that the store holds, if none is.
    """
    root = open_store(store, "tables", None)
    paths = cast(list[str], root.attrs["embeddings"])
    asked = [str(part) if part is not None else "*" for part in (task, recipe, seed)]
    for path in paths:
        if all(part in ("*", found) for part, found in zip(asked, path.split("/"), strict=True)):
            return root, _embeddings(root, path)
    raise UserError(f"{store} has no embeddings {'/'.join(asked)} (task/recipe/seed); it has {', '.join(paths)}")


def concepts_of(root: zarr.Group) -> list[str]:
    """The names of a store's concepts, in the order of its rows."""
    return cast(list[str], root.attrs["concepts"])


def _embeddings(root: zarr.Group, path: str) -> Embeddings:
    task, recipe, seed = path.split("/")
    group = cast(zarr.Group, root[path])
    weights, bias = (np.asarray(cast(zarr.Array[Any], group[name])[:]) for name in ("weights", "bias"))
    return Embeddings(task, recipe, int(seed), weights, bias, cast(str, group.attrs["device"]))


def _table(root: zarr.Group, embeddings: Embeddings) -> pd.DataFrame:
    return pd.DataFrame(embeddings.weights, index=pd.Index(concepts_of(root), name="concept", dtype="str"))


def unit_vectors(weights: pd.DataFrame) -> NDArray[np.float64]:
    """Every concept's vector divided by its length, [concept, filter]; a vector of zeros stays one."""
    vectors = weights.to_numpy(np.float64)
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: NDArray[np.float64] = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 0)
    return unit


def cosine_similarity(weights: pd.DataFrame) -> pd.DataFrame:
    """Cosines between all concepts' vectors, [concept, concept]; 0 with a vector of zeros."""
    unit = unit_vectors(weights)
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
