import logging
from pathlib import Path
from typing import Annotated, Literal

import typer

from net2vec_core.cli.options import EmbeddingStore
from net2vec_core.embedding import Embeddings, concepts_of, find_embeddings
from net2vec_core.exports import as_word, npz_bytes, projector_tables, safetensors_bytes, word2vec_text
from net2vec_core.storage import write_bytes

Format = Literal["word2vec", "projector", "safetensors", "numpy"]
logger = logging.getLogger(__name__)


def export(
    embeddings: EmbeddingStore,
    output: Annotated[Path, typer.Option(help="File to write; for `projector`, a folder.")],
    format: Annotated[Format, typer.Option(help="`projector` is TensorBoard's, `numpy` an .npz.")],
    task: Annotated[str | None, typer.Option(help="The first in the store if not given.")] = None,
    recipe: Annotated[str | None, typer.Option(help="The first in the store if not given.")] = None,
    seed: Annotated[int | None, typer.Option(help="The first in the store if not given.")] = None,
) -> None:
    """Write a layer's embeddings in the format of another tool."""
    root, chosen = find_embeddings(embeddings, task, recipe, seed)
    names = concepts_of(root)
    for path, content in _files(format, names, chosen, output).items():
        write_bytes(path, content)
    logger.info("%s: %d concepts, %d filters, %s", output, *chosen.weights.shape, chosen.path)
    if format == "word2vec" and names != [as_word(name) for name in names]:
        logger.info("white space in names became `_`, since word2vec's format has none")


def _files(format: Format, names: list[str], embeddings: Embeddings, output: Path) -> dict[Path, bytes]:
    match format:
        case "word2vec":
            return {output: word2vec_text(names, embeddings)}
        case "projector":
            return {output / name: content for name, content in projector_tables(names, embeddings).items()}
        case "safetensors":
            return {output: safetensors_bytes(names, embeddings)}
        case "numpy":
            return {output: npz_bytes(names, embeddings)}
