"""Find out how a vision network encodes human concepts (Net2Vec, Fong & Vedaldi 2018)."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from net2vec_core.embedding import load_embeddings

__version__ = "0.1.0"
__all__ = ["__version__", "load_embeddings"]


def __getattr__(name: str) -> Any:
    """Import pandas and zarr for `load_embeddings`, but not before it is asked for."""
    if name != "load_embeddings":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from net2vec_core.embedding import load_embeddings

    return load_embeddings
