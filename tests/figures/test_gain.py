import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from net2vec_core.failures import gain_trends
from net2vec_core.figures.gain import correlation, finding, gain
from net2vec_core.figures.style import INK


@pytest.fixture
def fits(make_scores):
    def make(concepts, *recipes):
        table = make_scores(concepts)
        rng = np.random.default_rng(0)
        table["gain"] = table["multi"] - table["single"]
        table["train_images"], table["mean_coverage"] = rng.integers(1, 500, concepts), rng.random(concepts)
        return pd.concat([table.assign(recipe=recipe) for recipe in recipes], ignore_index=True)

    return make


@pytest.mark.parametrize("recipes", [["paper"], ["paper", "logistic", "iou"]])
@pytest.mark.parametrize("concepts", [1, 2, 40])
def test_every_concept_is_a_point_in_each_panel(fits, recipes, concepts):
    table = fits(concepts, *recipes)
    figure = gain(table, gain_trends(table), "net")
    assert len(figure.axes) == 2 * len(recipes)
    for number, axes in enumerate(figure.axes):
        recipe, against = recipes[number // 2], ("train_images", "mean_coverage")[number % 2]
        points = np.concatenate([collection.get_offsets() for collection in axes.collections])
        expected = table.loc[table["recipe"] == recipe, [against, "gain"]].to_numpy()
        np.testing.assert_allclose(sorted(points.tolist()), sorted(expected.tolist()))
        assert axes.get_xscale() == "log"
        assert [0.0, 0.0] in [list(line.get_ydata()) for line in axes.lines]


def test_concepts_that_a_recipe_encodes_have_a_dark_edge(fits):
    table = fits(6, "paper", "iou").assign(encoded=[True] + [False] * 9 + [True] * 2)
    figure = gain(table, gain_trends(table), "net")
    for number, expected in enumerate([[0], [0], [10, 11], [10, 11]]):
        axes = figure.axes[number]
        dark = [marks for marks in axes.collections if (marks.get_edgecolor()[:, :3] == to_rgb(INK)).all()]
        gains = np.concatenate([marks.get_offsets()[:, 1] for marks in dark])
        np.testing.assert_allclose(sorted(gains), sorted(table["gain"][expected]))


def test_the_correlation_is_written(fits, shown):
    table = fits(40, "paper")
    table["gain"] = np.log(table["mean_coverage"])
    trends = gain_trends(table)
    assert correlation(trends, "paper", "mean_coverage") == "rank correlation 1.00 (p < 0.001)"
    assert "Recipe paper: rank correlation 1.00 (p < 0.001)" in shown(gain(table, trends, "net"))


def test_too_few_concepts_have_no_correlation(fits):
    table = fits(2, "paper")
    assert correlation(gain_trends(table), "paper", "train_images") == "no rank correlation"


def test_losses_are_counted_and_the_worst_are_named(fits, shown):
    table = fits(12, "paper", "iou")
    table["gain"] = [-0.5, -0.1, *[0.2] * 10, -0.3, *[0.2] * 11]
    assert finding(table) == "of 12 concepts, one filter beats the embedding for 2 (paper), 1 (iou)"
    texts = shown(gain(table, gain_trends(table), "net"))
    assert texts.count("$100 bill$") == 4
    assert texts.count("a<b>, c & d") == 2
    assert "concept 7" not in texts
