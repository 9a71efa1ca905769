import base64
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from finished_run import CONCEPTS, HOSTILE, LAYERS
from net2vec_core.cli.report import report
from net2vec_core.dependencies import made_from
from net2vec_core.errors import UserError
from net2vec_core.report import page as page_module
from net2vec_core.report.page import ASSETS, SCRIPTS, category_colors
from net2vec_core.report.tables import OF_LAYER, OF_RUN
from report.screenshots import VIEWS


@pytest.fixture(scope="module")
def html(page):
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def data(html):
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


def same(found, path):
    """Whether columns hold what a CSV's cells say."""
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert list(found) == list(table)
    for name, values in found.items():
        for value, cell in zip(values, table[name], strict=True):
            known = isinstance(value, (int, float)) and not isinstance(value, bool)
            assert float(value) == float(cell) if known else ("" if value is None else str(value)) == cell


@pytest.mark.parametrize("place", LAYERS, ids="/".join)
@pytest.mark.parametrize("name", OF_LAYER)
def test_numbers_of_a_layer_are_those_of_the_csv(data, results, place, name):
    layer = next(layer for layer in data["layers"] if layer["key"] == "/".join(place))
    same(layer["tables"][name], results.table(*place, name))


@pytest.mark.parametrize("name", OF_RUN)
def test_numbers_of_the_run_are_those_of_the_csv(data, results, name):
    same(data["tables"][name], results.folder / "comparison" / f"{name}.csv")


def test_concepts_are_those_of_the_csv(data, results):
    same(data["concepts"], results.folder / "dataset" / "concepts.csv")


def test_embeddings_are_those_of_the_store(data, results):
    for layer in data["layers"]:
        weights = np.frombuffer(base64.b64decode(layer["embeddings"]["weights"]), "<f4").reshape(-1, layer["filters"])
        expected = results.weights[layer["network"], layer["layer"]]
        np.testing.assert_array_equal(weights, expected)
        assert layer["embeddings"]["concepts"] == expected.index.tolist()


def test_answers_tell_the_numbers_of_the_tables(html, results):
    gains = pd.read_csv(results.table("net", "late.block", "gains"))
    paper = gains[gains["recipe"] == "paper"]
    text = re.sub(r"<[^>]+>|\s+", " ", html[: html.index('id="data"')])
    for mean in (paper["iou_val"].mean(), paper["single_iou_val"].mean(), paper["fair_gain"].mean()):
        assert f"{mean:.3f}".replace("-", "−") in text
    overlap = pd.read_csv(results.table("net", "late.block", "filter_overlap"))
    assert re.search(rf"filters\s+{(overlap['top_for'] > 0).sum()}\s+are used by some concept", text)


def test_names_are_escaped(html):
    assert HOSTILE not in html
    assert "alert(2)</script>" not in html


def test_nothing_is_fetched_from_elsewhere(html):
    outside = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.findall(r"""(?:src|href)=["'](?!#|data:)""", outside)
    assert "default-src 'none'" in html


def test_every_picture_is_in_the_page(data, page):
    assert set(page.parent.iterdir()) == {page}
    kinds = {path.split("/")[-2] for path in data["pictures"]}
    assert kinds == {"images", "concepts", "filters"}
    shown = {
        image
        for layer in data["layers"]
        for name in ("concept_deciles", "filter_deciles")
        for image in layer["tables"][name]["image"]
    }
    assert {f"images/{image}.webp" for image in shown} <= data["pictures"].keys()
    assert len(data["pictures"]) == len(shown) + len(LAYERS) * (4 * len(CONCEPTS) + 16)


def test_the_same_run_gives_the_same_page(results, page, tmp_path):
    report(results.folder / "config.yaml", results.folder, tmp_path / "again", threads=1)
    assert (tmp_path / "again" / "index.html").read_bytes() == page.read_bytes()


def test_many_pictures_lie_beside_the_page(results, tmp_path, monkeypatch):
    monkeypatch.setattr(page_module, "LARGEST", 0)
    report(results.folder / "config.yaml", results.folder, tmp_path / "report", threads=1)
    assert '"pictures":null' in (tmp_path / "report" / "index.html").read_text()
    assert (tmp_path / "report" / "pictures" / "net" / "early" / "concepts" / "1-embedding-iou.png").exists()


def test_an_unfinished_run_is_named_and_leaves_nothing(results, tmp_path):
    missing = results.table("control", "late.block", "gains")
    content = missing.read_bytes()
    missing.unlink()
    try:
        with pytest.raises(
            UserError, match=r"control/late\.block/gains\.csv: no such table; run `snakemake` to make it"
        ):
            report(results.folder / "config.yaml", results.folder, tmp_path / "report", threads=1)
    finally:
        missing.write_bytes(content)
    assert not list(tmp_path.iterdir())


def test_scripts_can_stand_in_a_page():
    assert {path.name for path in ASSETS.glob("*.js")} == set(SCRIPTS)
    for path in ASSETS.iterdir():
        assert path.suffix == ".html" or "</script" not in path.read_text()
    assert not [path.name for path in ASSETS.glob("*.js") if "innerHTML" in path.read_text()]


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_pictured_in_the_docs(name):
    docs = Path(__file__).parents[2] / "docs"
    assert (docs / "images" / f"page-{name}.jpg").is_file(), "run `make screenshots`"
    assert f"images/page-{name}.jpg" in (docs / "page.md").read_text()


def test_every_category_has_a_colour():
    colors = category_colors(pd.Series(["texture", "mine", "yours", "color", "mine"]))
    assert list(colors) == ["color", "texture", "mine", "yours"]
    assert len(set(colors.values())) == 4


def test_the_page_depends_on_what_it_shows(results):
    assert {"run", "networks", "chance", "overlap", "analogies"} <= made_from(results.config, "report").keys()
