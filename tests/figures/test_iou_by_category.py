import numpy as np
import pandas as pd
import pytest

from net2vec_core.figures.iou_by_category import NETWORK_COLORS, finding, iou_by_category, mean_interval


def run_of(scores, networks, layers):
    """The same concepts in every layer, each layer 0.01 better than the one before."""
    parts = [(network, layer) for network in networks for layer in layers]
    return pd.concat(
        [
            scores.assign(network=network, layer=layer, multi=scores["multi"] + place / 100)
            for place, (network, layer) in enumerate(parts)
        ]
    )


def lines(axes):
    return [line for line in axes.lines if line.get_marker() == "o"]


@pytest.mark.parametrize(("networks", "layers"), [(["a"], ["x"]), (["a", "b", "c"], ["x", "y", "z"])])
def test_each_panel_has_the_means_of_each_network(make_scores, networks, layers):
    scores = make_scores(12)
    figure = iou_by_category(run_of(scores, networks, layers))
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == [
        "all concepts (12)",
        *(f"{c} (2)" for c in ("color", "object", "part", "material", "scene", "texture")),
    ]
    for axes, (_, rows) in zip(figure.axes[1:], scores.groupby("category", sort=False), strict=True):
        drawn = lines(axes)
        assert len(drawn) == 2 * len(networks)
        for number in range(len(networks)):
            single, multi = drawn[2 * number : 2 * number + 2]
            places = np.arange(len(layers)) + number * len(layers)
            np.testing.assert_allclose(single.get_ydata(), rows["single"].mean())
            np.testing.assert_allclose(multi.get_ydata(), rows["multi"].mean() + places / 100)
            assert multi.get_color() == NETWORK_COLORS[number]
            assert single.get_markerfacecolor() == "white"


def test_layers_are_named_in_the_order_given(make_scores):
    figure = iou_by_category(run_of(make_scores(2), ["one", "two"], ["features.9", "features.10"]))
    names = [label.get_text() for label in figure.axes[0].get_xticklabels()]
    assert names == ["features.9 (1)", "features.10 (1)"] * 2, "with the number of encoded concepts"
    assert (np.diff(figure.axes[0].get_xticks()) > 0).all()


def test_networks_stand_in_the_legend(make_scores, shown):
    texts = shown(iou_by_category(run_of(make_scores(3), ["alexnet_$", "random"], ["x"])))
    assert {"alexnet_$", "random", "best single filter"} <= set(texts)


def test_the_finding_names_the_best_layer(make_scores):
    scores = run_of(make_scores(4), ["a", "b"], ["x", "y"])
    best = scores[(scores["network"] == "b") & (scores["layer"] == "y")]
    expected = f"{best['multi'].mean():.2f} with all filters, {best['single'].mean():.2f} with the best single one"
    assert finding(scores) == f"Mean IoU by category: highest in b · y\n({expected})"


def test_the_interval_of_a_mean_holds_it_and_narrows_with_concepts():
    rng = np.random.default_rng(1)
    few, many = rng.random(10), rng.random(1000)
    assert mean_interval(few)[0] < few.mean() < mean_interval(few)[1]
    assert np.ptp(mean_interval(many)) < np.ptp(mean_interval(few)) / 5
    assert np.isnan(mean_interval(few[:1])).all()
