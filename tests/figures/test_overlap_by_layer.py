import numpy as np
import pandas as pd
import pytest

from net2vec_core.figures.overlap_by_layer import finding, overlap_by_layer, shares


def histogram(best, top):
    rows = [(kind, edge, share) for kind, of in (("best", best), ("top", top)) for edge, share in of.items()]
    return pd.DataFrame(rows, columns=["kind", "concepts", "share"])


@pytest.fixture
def histograms():
    return {
        "net · early": histogram({0: 0.75, 1: 0.25}, {0: 0.5, 1: 0.5}),
        "net · late": histogram({0: 0.5, 1: 0.3, 2: 0.2}, {0: 0.1, 1: 0.3, 2: 0.2, 4: 0.4}),
    }


def test_each_layer_has_its_shares_in_every_bin(histograms):
    figure = overlap_by_layer(histograms, 8)
    for axes, kind in zip(figure.axes, ("best", "top"), strict=True):
        drawn = [[bar.get_width() for bar in bars] for bars in axes.containers]
        np.testing.assert_allclose(drawn, shares(histograms, kind).T)
        for layer in range(2):
            last = axes.containers[-1][layer]
            assert last.get_x() + last.get_width() == pytest.approx(1)
    assert shares(histograms, "top").to_numpy().tolist() == [[0.5, 0.5, 0, 0], [0.1, 0.3, 0.2, 0.4]]


def test_layers_and_bins_are_named(histograms, shown):
    texts = shown(overlap_by_layer(histograms, 5))
    assert {"net · early", "net · late", "0", "1", "2", "3–4", "40%"} <= set(texts)
    assert "Among the 5 largest |weights| of … concepts" in texts


def test_the_finding_names_the_layer_that_shares_most(histograms):
    expected = "Filters that stand out in several concepts' embeddings: most in net · late (60%)"
    assert finding(histograms) == expected


def test_one_layer_whose_filters_have_no_concept(shown):
    none = histogram({0: 1.0, 1: 0.0}, {0: 1.0, 1: 0.0})
    assert "100%" in shown(overlap_by_layer({"a$b": none}, 8))
