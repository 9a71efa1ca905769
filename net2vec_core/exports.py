"""Embeddings in the formats of other tools."""

import io
import json
import re

import numpy as np
from safetensors.numpy import save

from net2vec_core.embedding import Embeddings
from net2vec_core.errors import UserError


def word2vec_text(names: list[str], embeddings: Embeddings) -> bytes:
    """word2vec's text format, as gensim's `KeyedVectors.load_word2vec_format` reads it.

    A line with the numbers of concepts and filters, then one a concept: its name and its weights, separated by spaces.
    White space in names becomes `_`. The numbers read back as exactly the same float32.

    Raises:
        UserError: if two names become the same word.
    """
    words = [as_word(name) for name in names]
    repeated = sorted({word for word in words if words.count(word) > 1})
    if repeated:
        raise UserError(f"word2vec's format has no spaces: several concepts would be called {', '.join(repeated)}")
    lines = [f"{len(words)} {embeddings.weights.shape[1]}"]
    lines += [" ".join([word, *map(str, row)]) for word, row in zip(words, embeddings.weights, strict=True)]
    return _text(lines)


def as_word(name: str) -> str:
    """A concept's name as word vectors have it, without white space."""
    return re.sub(r"\s", "_", name)


def projector_tables(names: list[str], embeddings: Embeddings) -> dict[str, bytes]:
    """The two files that TensorBoard's embedding projector loads, by their names.

    Weights, one row a concept, and the concepts' names; a single column of metadata has no header.
    """
    vectors = ["\t".join(map(str, row)) for row in embeddings.weights]
    metadata = [re.sub(r"\s", " ", name) for name in names]
    return {"vectors.tsv": _text(vectors), "metadata.tsv": _text(metadata)}


def safetensors_bytes(names: list[str], embeddings: Embeddings) -> bytes:
    """Tensors `weights` float32 [concept, filter] and `bias` float32 [concept].

    The metadata's one key, `net2vec`, is a JSON object: concepts (their names), task, recipe, seed.
    """
    about = {"concepts": names, "task": embeddings.task, "recipe": embeddings.recipe, "seed": embeddings.seed}
    # one key, since safetensors writes several in an order that changes from call to call
    metadata = {"net2vec": json.dumps(about, ensure_ascii=False)}
    return save({"weights": embeddings.weights, "bias": embeddings.bias}, metadata)


def npz_bytes(names: list[str], embeddings: Embeddings) -> bytes:
    """An .npz without pickled objects: `concepts` (text), `weights` and `bias` as above."""
    buffer = io.BytesIO()
    np.savez(
        buffer, allow_pickle=False, concepts=np.array(names, str), weights=embeddings.weights, bias=embeddings.bias
    )
    return buffer.getvalue()


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
