import pandas as pd
import pytest
from matplotlib.colors import to_rgb

from net2vec_core.figures.filters_needed import filters_needed, finding, layer_colors
from net2vec_core.figures.iou_by_category import NETWORK_COLORS

COLUMNS = ["network", "layer", "task", "category", "share", "filters", "concepts_share"]
CURVE = {1: 0.1, 4: 0.5, 64: 1.0}
STEEP = {1: 0.0, 4: 0.2, 64: 1.0}


def rows_of(network, layer, curve=CURVE, task="segmentation", category="all", share=0.8):
    return pd.DataFrame(
        [(network, layer, task, category, share, filters, part) for filters, part in curve.items()], columns=COLUMNS
    )


def run_of(*parts):
    return pd.concat(
        [
            rows_of(*part, task=task, share=share)
            for task in ("classification", "segmentation")
            for share in (0.9, 0.8)
            for part in parts
        ]
    )


def test_each_task_and_share_has_a_panel_with_a_curve_for_each_layer():
    figure = filters_needed(run_of(("net", "a"), ("net", "b", STEEP)))
    assert [axes.get_title(loc="left") for axes in figure.axes] == [
        "Segmentation: 80 % of the full score",
        "Segmentation: 90 % of the full score",
        "Classification: 80 % of the full score",
        "Classification: 90 % of the full score",
    ]
    for axes in figure.axes:
        curves = [line for line in axes.lines if line.get_drawstyle() == "steps-post"]
        assert [dict(zip(curve.get_xdata(), curve.get_ydata(), strict=True)) for curve in curves] == [CURVE, STEEP]
        assert axes.get_xscale() == "log"


def test_only_all_categories_together_are_drawn():
    table = pd.concat([rows_of("net", "a"), rows_of("net", "a", STEEP, category="color")])
    [axes] = filters_needed(table).axes
    assert [list(line.get_ydata()) for line in axes.lines if line.get_drawstyle() == "steps-post"] == [[0.1, 0.5, 1]]


def test_layers_darken_to_their_networks_color():
    colors = layer_colors(run_of(("one", "a"), ("one", "b"), ("one", "c"), ("two", "a")))
    assert list(colors) == [("one", "a"), ("one", "b"), ("one", "c"), ("two", "a")]
    assert colors["one", "c"] == pytest.approx(to_rgb(NETWORK_COLORS[0]))
    assert colors["two", "a"] == pytest.approx(to_rgb(NETWORK_COLORS[1]))
    assert sum(colors["one", "a"]) > sum(colors["one", "b"]) > sum(colors["one", "c"])


def test_layers_stand_in_the_legend(shown):
    assert {"net_$ · a", "net_$ · b"} <= set(shown(filters_needed(run_of(("net_$", "a"), ("net_$", "b")))))


def test_the_finding_is_about_the_ends_of_the_first_network():
    parts = ("net", "a"), ("net", "b", CURVE), ("net", "c", STEEP), ("other", "d")
    expected = "net: for 80 % of the full score, half of the concepts need 4 of a and 64 of c"
    harder = rows_of("net", "c", {1: 0.5, 64: 1.0}, share=0.9)
    assert finding(pd.concat([run_of(*parts), harder])) == expected
    assert finding(run_of(parts[0])).endswith("half of the concepts need 4 of a")


def test_a_legend_of_many_layers_stays_inside():
    figure = filters_needed(run_of(*(("a network", f"features.{number}.a.long.path") for number in range(40))))
    figure.draw_without_rendering()
    box = figure.legends[0].get_window_extent()
    assert box.y0 >= 0
    assert box.y1 <= figure.bbox.y1
    assert all(axes.bbox.width > 60 for axes in figure.axes)


def test_no_scores_make_a_figure(shown):
    assert shown(filters_needed(rows_of("net", "a")[:0])) == ["No layer has a score of subsets of filters"]
