import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text

CATEGORIES = ("color", "object", "part", "material", "scene", "texture")
HOSTILE = ("$100 bill$", "a<b>, c & d", "_private_", "x^2$", "a very long name of a concept, with commas and more")


@pytest.fixture
def make_scores():
    """Scores of so many concepts, as `read_scores` gives them; every fifth has no interval."""

    def make(concepts, seed=0):
        rng = np.random.default_rng(seed)
        number = np.arange(concepts)
        table = pd.DataFrame(
            {
                "concept": [HOSTILE[i] if i < len(HOSTILE) else f"concept {i}" for i in range(concepts)],
                "category": [CATEGORIES[i % len(CATEGORIES)] for i in range(concepts)],
                "single_filter": number % 7,
                "encoded": number % 3 == 0,
                "multi": rng.beta(2, 6, concepts),
                "single": rng.beta(1, 12, concepts),
            }
        )
        for score in ("multi", "single"):
            table[f"{score}_low"] = (table[score] * 0.8).where(number % 5 > 0)
            table[f"{score}_high"] = (table[score] * 1.2).where(number % 5 > 0)
        return table

    return make


@pytest.fixture
def shown():
    """All texts that a figure shows, those of its legends included."""

    def texts(figure):
        figure.draw_without_rendering()
        return [text.get_text() for text in figure.findobj(Text) if text.get_visible() and text.get_text()]

    return texts
