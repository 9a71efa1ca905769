import matplotlib as mpl
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text
from PIL import Image

from net2vec_core.comparison import Space, comparison_table
from net2vec_core.figures.concept_map import concept_map
from net2vec_core.figures.concepts_per_filter import concepts_per_filter
from net2vec_core.figures.cosine_similarity import cosine_similarity
from net2vec_core.figures.iou_by_category import iou_by_category
from net2vec_core.figures.layer_pairs import layer_pairs
from net2vec_core.figures.single_vs_multi import single_vs_multi
from net2vec_core.figures.style import CATEGORY_COLORS, category_handles, in_order, save, shorten, styled, write_title
from net2vec_core.overlap import filter_overlap, used_filters


def figures(scores):
    names = scores["concept"].to_numpy()
    weights = scores.set_index("concept")[["multi", "single"]]
    cosines = (weights @ weights.T).set_axis(names, axis=1)
    categories = scores.set_index("concept")["category"]
    yield "single_vs_multi", single_vs_multi(scores, "net")
    yield "iou_by_category", iou_by_category(scores.assign(network="net", layer="features.1"))
    yield "cosine_similarity", cosine_similarity(cosines, categories, "net")
    places = scores[["concept", "category"]].assign(x=range(len(scores)), y=0.0, cluster=0)
    yield "concept_map", concept_map(places, "net")
    pairs = comparison_table([Space.of_vectors("n", layer, weights) for layer in "ab"], [])
    yield "layer_pairs", layer_pairs(pairs, ["n · a", "n · b"])
    yield (
        "concepts_per_filter",
        concepts_per_filter(filter_overlap(categories.str.len() % 2, used_filters(weights, 8)), 8, "net"),
    )


def test_the_same_tables_give_the_same_bytes(make_scores, tmp_path):
    for folder in ("first", "second"):
        for name, figure in figures(make_scores(3)):
            save(figure, tmp_path / folder / name)
    written = sorted((tmp_path / "first").iterdir())
    assert len(written) == 12
    for path in written:
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes(), path.name


def test_an_svg_has_no_date_and_a_png_its_size(make_scores, tmp_path):
    save(single_vs_multi(make_scores(3), "net"), tmp_path / "figure")
    assert "<dc:date>" not in (tmp_path / "figure.svg").read_text()
    with Image.open(tmp_path / "figure.png") as image:
        assert image.width == 11 * 160


def test_drawing_leaves_matplotlib_as_it_was(make_scores):
    before = dict(mpl.rcParams)
    single_vs_multi(make_scores(3), "net")
    assert dict(mpl.rcParams) == before


def test_categories_keep_their_order_and_have_a_shape_each():
    assert in_order(["texture", "color", "texture", "part"]) == ["color", "part", "texture"]
    handles = category_handles(["texture", "color"])
    assert [handle.get_label() for handle in handles] == ["color", "texture"]
    assert handles[0].get_marker() != handles[1].get_marker()


def test_categories_of_other_data_come_after_the_known_and_look_the_same_everywhere():
    assert in_order(["organ", "texture", "$lesion", "organ"]) == ["texture", "$lesion", "organ"]
    first, second = category_handles(["organ", "part"])[1], category_handles(["organ", "lesion"])[1]
    assert first.get_label() == second.get_label() == "organ"
    assert (first.get_color(), first.get_marker()) == (second.get_color(), second.get_marker())
    assert first.get_color() not in CATEGORY_COLORS.values()


def test_shorten_keeps_what_fits():
    assert shorten("window", 6) == "window"
    assert shorten("windows", 6) == "windo…"


@pytest.mark.parametrize("width", [4, 6, 11])
def test_a_title_is_no_wider_than_its_figure(width):
    figure = Figure(figsize=(width, 3))
    title = "net · layer: nearest are the embeddings of WOMAN, MAMMAL and MOUNTAIN (cosine 0.20)\nsecond"
    styled(write_title)(figure, title)
    (written,) = [text for text in figure.findobj(Text) if text.get_text()]
    assert styled(written.get_window_extent)().x1 < figure.bbox.x1
    assert written.get_text().endswith("\nsecond")
