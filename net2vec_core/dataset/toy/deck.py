"""What each image shows and to which split it belongs: subjects dealt from a shuffled deck, so that none runs short."""

import numpy as np

from net2vec_core.dataset.records import Split

CARDS: dict[str, int] = {
    **{"street": 7, "village": 7, "field": 7, "beach": 5, "forest": 5, "mountain_snowy": 4},
    **{"living_room": 5, "bedroom": 4, "dining_room": 3},
    **dict.fromkeys(("chequered", "cracked", "dotted", "grid", "honeycombed", "marbled", "striped", "zigzagged"), 1),
}
DECK: tuple[str, ...] = tuple(subject for subject, count in CARDS.items() for _ in range(count))
VAL_SHARE = 0.3


def deal(index: int, seed: int) -> tuple[str, Split]:
    """Subject (a scene or a texture) and split of one image.

    Every len(DECK) images show each card once, in an order of their own; of ten images of a card three are val.
    """
    turn, position = divmod(index, len(DECK))
    card = int(np.random.default_rng([seed, 1, turn]).permutation(len(DECK))[position])
    phase = np.random.default_rng([seed, 2]).random(len(DECK))[card]
    return DECK[card], "val" if (phase + VAL_SHARE * turn) % 1 < VAL_SHARE else "train"
