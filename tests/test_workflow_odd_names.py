"""The whole DAG, figures and the page included, on concepts and images with names of every kind."""

import urllib.parse
from contextlib import closing

import pandas as pd
import pytest
from PIL import Image

import odd_names
from workspace import ONE_LAYER, Workspace, with_changes

DATA = {"reader": "folder", "path": "data", "image_size": 64, "mask_size": 32}
LAYER = "small/features.6"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    space = Workspace(tmp_path_factory.mktemp("odd"))
    odd_names.write(space.folder / "data")
    sums = [f"{odd_names.NAMES[0]} + Tree - tree = a/b"]
    space.output = space.run(with_changes(ONE_LAYER, ("dataset", DATA), ("analogies", sums)))
    return space


@pytest.mark.parametrize(
    "table", ["segmentation", "classification", "neighbours", "map", "failures", "concept_deciles"]
)
def test_tables_hold_names_as_they_are(workspace, table):
    rows = pd.read_csv(workspace.results / LAYER / f"{table}.csv", keep_default_na=False)
    assert set(rows["concept"]) <= set(odd_names.NAMES)
    assert table == "failures" or set(rows["concept"]) == set(odd_names.NAMES)


def test_every_concept_has_a_sheet_and_every_figure_is_drawn(workspace):
    sheets = sorted((workspace.results / "figures" / LAYER / "concepts").glob("*.jpg"))
    assert [int(path.name[:4]) for path in sheets] == list(range(1, len(odd_names.NAMES) + 1))
    pictures = [*sheets, *workspace.results.glob("figures/**/*.png")]
    assert len(pictures) == len(sheets) + 11
    for path in pictures:
        with Image.open(path) as picture:
            picture.load()


def test_what_no_font_draws_is_said_in_one_line(workspace):
    assert "Glyph" not in workspace.output
    log = (workspace.results / "logs" / LAYER / "figure_layer.log").read_text()
    assert log.count("pictures show boxes") <= 1
    assert len(workspace.output.splitlines()) < 60


def test_nothing_is_written_outside_the_results(workspace):
    assert not [path for path in workspace.folder.rglob("*cat*") if path.name in ("cat", "dog\\cat")]


def test_the_page_opens_every_concept_and_runs_nothing(workspace, browser):
    page = workspace.results / "report/index.html"
    with closing(browser.new_page()) as tab:
        complaints = []
        tab.on("console", lambda message: complaints.append(message.text))
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        for view in ("overview", "concepts", "filters", "space", "layers", "chance", "failures"):
            tab.goto(f"{page.as_uri()}#view={view}")
        for name in odd_names.NAMES:
            tab.goto(f"{page.as_uri()}#view=concept&concept={urllib.parse.quote(name, safe='')}")
            tab.locator("#concept-title", has_text=name).wait_for(timeout=5000)
        assert complaints == []
