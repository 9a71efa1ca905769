import numpy as np
import pandas as pd
import pytest

from net2vec_core.figures.concepts_per_filter import LISTED, MAX_BARS, bin_edges, concepts_per_filter, listed


def overlap_of(best_for, top_for):
    names = [f"$c{number}_" for number in range(1000)]
    return pd.DataFrame(
        {
            "filter": np.arange(len(best_for)),
            "best_for": best_for,
            "concepts": ["; ".join(names[:number]) for number in best_for],
            "top_for": top_for,
            "top_concepts": ["; ".join(names[:number]) for number in top_for],
        }
    )


@pytest.mark.parametrize("highest", [0, 1, 3, MAX_BARS, MAX_BARS + 1, 682])
def test_edges_lie_between_whole_numbers_and_hold_all(highest):
    edges = bin_edges(highest)
    assert (edges % 1 == 0.5).all()
    assert edges[0] == 0.5
    assert edges[-1] > highest
    assert len(np.unique(np.diff(edges))) == 1
    assert len(edges) - 1 <= MAX_BARS


def test_bars_count_filters_by_concepts():
    figure = concepts_per_filter(overlap_of([0, 0, 1, 1, 1, 3], [0, 2, 2, 2, 2, 5]), 8, "net")
    best, _, top, _ = figure.axes
    assert heights(best) == {1: 3, 2: 0, 3: 1}
    assert heights(top) == {1: 0, 2: 4, 3: 0, 4: 0, 5: 1}
    assert best.get_title(loc="left") == "Best single filter of … concepts (none: 2 of 6)"
    assert [text.get_text() for text in best.texts] == ["3", "", "1"]


def heights(axes):
    return {round(bar.get_x() + bar.get_width() / 2): bar.get_height() for bar in axes.patches}


def test_the_most_shared_filters_come_first_with_their_concepts():
    best_for = [1, 4, 0, 2, *[1] * 20]
    axes = concepts_per_filter(overlap_of(best_for, best_for), 8, "net").axes[1]
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:3] == ["filter 1", "filter 3", "filter 0"]
    assert len(labels) == LISTED
    assert [text.get_text() for text in axes.texts][:2] == ["$c0_, $c1_, $c2_, $c3_", "$c0_, $c1_"]


def test_names_stay_inside_the_panel():
    figure = concepts_per_filter(overlap_of([0, 300], [1, 682]), 8, "net")
    figure.draw_without_rendering()
    for axes in figure.axes[1::2]:
        for text in axes.texts:
            assert text.get_window_extent().x1 <= figure.bbox.x1


def test_no_concept_at_all_makes_a_figure():
    figure = concepts_per_filter(overlap_of([0, 0], [0, 0]), 8, "net")
    assert not figure.axes[1].texts
    assert sum(heights(figure.axes[0]).values()) == 0


def test_a_list_of_names_tells_how_many_are_left_out():
    assert listed("a; b; c", 100) == "a, b, c"
    assert listed("aaaa; bbbb; cccc", 10) == "aaaa, bbbb + 1 more"
    assert listed("abcdefghijkl; b", 5) == "abcdefghijkl + 1 more"
