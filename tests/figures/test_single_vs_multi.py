import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from net2vec_core.figures.single_vs_multi import MAX_ROWS, choose_rows, finding, single_vs_multi
from net2vec_core.figures.style import INK, shorten


@pytest.mark.parametrize("concepts", [1, 2, 12, 682])
def test_every_concept_is_a_point_at_its_scores(make_scores, concepts):
    scores = make_scores(concepts)
    scatter = points_of_scatter(single_vs_multi(scores, "net"))
    expected = scores[["single", "multi"]].to_numpy()
    np.testing.assert_allclose(sorted(scatter.tolist()), sorted(expected.tolist()))


def points_of_scatter(figure):
    markers = [collection for collection in figure.axes[0].collections if collection.get_paths()[0].codes is not None]
    return np.concatenate([collection.get_offsets() for collection in markers])


def test_encoded_concepts_have_a_dark_edge_and_bold_names(make_scores):
    scores = make_scores(12).assign(encoded=[True] * 5 + [False] * 7)
    scatter, names = single_vs_multi(scores, "net").axes[:2]
    dark = [marks for marks in scatter.collections if (marks.get_edgecolor()[:, :3] == to_rgb(INK)).all()]
    points = np.concatenate([marks.get_offsets() for marks in dark]).tolist()
    assert sorted(points) == sorted(scores[["single", "multi"]].to_numpy()[:5].tolist())
    bold = {name.get_text() for name in names.get_yticklabels() if name.get_weight() == "bold"}
    assert bold == {shorten(name) for name in scores["concept"][:5]}


def test_the_list_holds_every_rank_of_gain_grouped_by_category(make_scores):
    scores = make_scores(200)
    rows = choose_rows(scores)
    gain = scores["multi"] - scores["single"]
    assert len(rows) == MAX_ROWS
    assert {gain.idxmax(), gain.idxmin()} <= set(rows.index)
    assert rows["category"].drop_duplicates().tolist() == ["color", "object", "part", "material", "scene", "texture"]
    assert rows["category"].ne(rows["category"].shift()).sum() == 6
    assert rows.groupby("category")["multi"].is_monotonic_decreasing.all()


def test_few_concepts_are_all_listed(make_scores):
    scores = make_scores(5)
    axes = single_vs_multi(scores, "net").axes[1]
    names = [label.get_text() for label in axes.get_yticklabels()]
    assert names == ["$100 bill$", "a<b>, c & d", "_private_", "x^2$", "a very long name of a c…"]
    heights = axes.get_yticks()
    assert (np.diff(heights) < 0).all()


def test_an_interval_that_is_not_known_is_not_drawn(make_scores):
    scores = make_scores(1)
    assert np.isnan(scores["multi_low"]).all()
    figure = single_vs_multi(scores.assign(single=0.1, multi=0.2), "net")
    lines = [path.vertices for collection in figure.axes[0].collections for path in collection.get_paths()]
    assert all(np.isnan(line).any() or len(line) > 2 for line in lines)


def test_labels_name_extremes_and_do_not_overlap(make_scores):
    scores = make_scores(60)
    figure = single_vs_multi(scores, "net")
    axes = figure.axes[0]
    figure.draw_without_rendering()
    labels = [text for text in axes.texts if text.get_text()]
    gain = (scores["multi"] - scores["single"]).set_axis(scores["concept"])
    assert gain.idxmax() in {label.get_text() for label in labels}
    boxes = [Text.get_window_extent(label) for label in labels]  # without leaders
    assert len(boxes) > 8
    for number, box in enumerate(boxes):
        assert box.count_overlaps(boxes[:number]) == 0


def test_all_zero_still_makes_a_figure(make_scores, shown):
    scores = make_scores(4).assign(
        multi=0.0, single=0.0, multi_low=0.0, multi_high=0.0, single_low=0.0, single_high=0.0
    )
    figure = single_vs_multi(scores, "net · layer")
    assert figure.axes[0].get_xlim()[1] > 0
    assert any("0 of 4 concepts" in text for text in shown(figure))


def test_the_finding_counts_gains(make_scores):
    scores = make_scores(3).assign(multi=[0.5, 0.1, 0.3], single=[0.1, 0.2, 0.3])
    assert finding(scores) == "all filters together beat the best one for 1 of 3 concepts (mean IoU 0.30 against 0.20)"
