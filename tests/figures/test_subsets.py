import itertools

import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from net2vec_core.figures.style import CATEGORY_COLORS, INK
from net2vec_core.figures.subsets import finding, needed_by_half, subsets

FILTERS = [1, 2, 4, 8, 256]
NEEDED = {"a": 1, "b": 2, "c": 4, "d": 256}


def table_of(scores, task="segmentation", filters=FILTERS, needed=NEEDED):
    """Scores by concept: a list, one entry for each number of filters."""
    return pd.DataFrame(
        [
            (concept, "object" if concept < "c" else "part", task, number, score, needed[concept])
            for concept, listed in scores.items()
            for number, score in zip(filters, listed, strict=True)
        ],
        columns=["concept", "category", "task", "filters", "score_val", "filters_80"],
    )


SCORES = {
    "a": [0.1, 0.2, 0.3, 0.4, 0.5],
    "b": [0.3, 0.4, 0.5, 0.6, 0.7],
    "c": [0.0, 0.1, 0.1, 0.1, 0.1],
    "d": [0.5, 0.6, 0.7, 0.8, 0.9],
}
MEDIAN = [0.2, 0.3, 0.4, 0.5, 0.6]


def drawn(axes, color):
    [line] = [line for line in axes.lines if line.get_color() == color and len(line.get_xdata()) == len(FILTERS)]
    return line.get_xdata().tolist(), line.get_ydata().tolist()


def test_a_panel_shows_medians_of_all_and_of_each_category():
    [axes] = subsets(table_of(SCORES), "net").axes
    assert axes.get_title(loc="left") == "Segmentation (4 concepts)"
    assert drawn(axes, INK) == (FILTERS, pytest.approx(MEDIAN))
    assert drawn(axes, CATEGORY_COLORS["object"])[1] == pytest.approx([0.2, 0.3, 0.4, 0.5, 0.6])
    assert drawn(axes, CATEGORY_COLORS["part"])[1] == pytest.approx([0.25, 0.35, 0.4, 0.45, 0.5])


def test_a_categorys_line_is_a_median_not_a_mean():
    table = table_of({"a": [0.1] * 5, "aa": [0.2] * 5, "b": [0.9] * 5}, needed=NEEDED | {"aa": 1})
    assert drawn(subsets(table, "net").axes[0], CATEGORY_COLORS["object"])[1] == pytest.approx([0.2] * 5)


def test_the_band_holds_the_middle_half_and_each_concept_has_a_line():
    [axes] = subsets(table_of(SCORES), "net").axes
    [lines] = [found for found in axes.collections if isinstance(found, LineCollection)]
    np.testing.assert_allclose(lines.get_segments()[1], np.column_stack([FILTERS, SCORES["b"]]))
    assert len(lines.get_segments()) == 4
    [band] = [found for found in axes.collections if not isinstance(found, LineCollection)]
    corners = {tuple(corner) for corner in np.round(band.get_paths()[0].vertices, 9)}
    low, high = np.percentile(list(SCORES.values()), [25, 75], axis=0)
    assert corners >= {*zip(FILTERS, np.round(low, 9), strict=True), *zip(FILTERS, np.round(high, 9), strict=True)}


def test_each_task_has_its_panel_and_scale():
    both = pd.concat([table_of({"a": [0.6, 0.7, 0.8, 0.9, 1]}, "classification"), table_of(SCORES)])
    segmentation, classification = subsets(both, "net").axes
    assert segmentation.get_ylim()[0] == 0
    assert segmentation.get_ylabel() == "IoU on val images"
    assert classification.get_ylim()[0] == 0.5
    assert classification.get_ylabel() == "accuracy on val images"
    [below] = subsets(table_of({"a": [0.4, 0.7, 0.8, 0.9, 1]}, "classification"), "net").axes
    assert below.get_ylim()[0] == 0.4


def test_half_of_the_concepts_is_marked():
    assert needed_by_half(table_of(SCORES)) == 2
    assert needed_by_half(table_of({"c": SCORES["c"], "d": SCORES["d"], "a": SCORES["a"]})) == 4
    [axes] = subsets(table_of(SCORES), "net").axes
    [mark] = [line for line in axes.lines if len(line.get_xdata()) == 2]
    assert mark.get_xdata() == [2, 2]
    assert axes.texts[0].get_text() == "half of the concepts reach 80 %\nof their full score with 2"


def test_the_finding_is_about_segmentation_where_there_is_any():
    both = pd.concat([table_of({"d": SCORES["d"]}, "classification"), table_of(SCORES)])
    assert finding(both) == "half of the concepts reach 80 % of their full score with 2 of 256 filters"
    assert finding(both[both["task"] == "classification"]).endswith("with 256 of 256 filters")


@pytest.mark.parametrize("needed", FILTERS)
def test_all_words_stay_inside(needed):
    figure = subsets(table_of(SCORES, needed=dict.fromkeys(SCORES, needed)), "a long name · features.12")
    figure.draw_without_rendering()
    for axes in figure.axes:
        for text in axes.texts:
            box = text.get_window_extent()
            assert axes.bbox.x0 <= box.x0 <= box.x1 <= axes.bbox.x1
    assert figure._suptitle.get_window_extent().x1 <= figure.bbox.x1


@pytest.mark.parametrize("filters", [[1, 2, 64], [1, 2, 4, 8, 16, 32, 64, 128, 160, 192, 224, 4096], [*range(1, 60)]])
def test_numbers_on_the_axis_do_not_touch(filters):
    figure = subsets(table_of({"a": np.linspace(0, 1, len(filters))}, filters=filters), "net")
    figure.draw_without_rendering()
    labels = [label for label in figure.axes[0].get_xticklabels() if label.get_text()]
    boxes = [label.get_window_extent() for label in labels]
    assert labels[-1].get_text() == str(filters[-1])
    assert all(left.x1 < right.x0 for left, right in itertools.pairwise(boxes))


def test_scores_that_cannot_be_known_are_left_out():
    scores = SCORES | {"d": [np.nan] * 5, "c": [np.nan, 0.2, 0.2, 0.2, 0.2]}
    [axes] = subsets(table_of(scores), "net").axes
    assert axes.get_title(loc="left") == "Segmentation (3 concepts)"
    assert drawn(axes, INK)[1][0] == pytest.approx(0.2)


def test_no_score_at_all_makes_a_figure(shown):
    assert "net: no concept has a score" in shown(subsets(table_of({}), "net"))
