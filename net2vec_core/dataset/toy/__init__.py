"""The `toy` probe set: photograph-like scenes and textures drawn from a seed, with exact masks."""

from net2vec_core.dataset.toy.draw import Drawing, draw
from net2vec_core.dataset.toy.vocabulary import CONCEPTS, PLANES

__all__ = ["CONCEPTS", "PLANES", "Drawing", "draw"]
