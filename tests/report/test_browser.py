"""The page in a real browser."""

import numpy as np
import pandas as pd
import pytest

from finished_run import CONCEPTS, HOSTILE, ONE_LAYER, WHOLE, make_run
from net2vec_core.analogies import nearest, parse_analogy
from net2vec_core.cli.report import report
from net2vec_core.report.tables import columns, read_named

LATE = ("net", "late.block")
VIEWS = ("overview", "concepts", "filters", "space", "layers", "chance", "failures")

OPEN = """(state) => new Promise((resolve) => {
  const before = location.hash;
  location.hash = new URLSearchParams(state);
  if (location.hash === before) resolve();
  else addEventListener("hashchange", () => resolve(), { once: true });
})"""
# The address of a strip of masks → its size and each pixel's opacity.
OPACITIES = """async (url) => {
  const picture = new Image();
  picture.src = url;
  await picture.decode();
  const { width, height } = picture;
  const context = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d");
  context.drawImage(picture, 0, 0);
  return [width, height, [...context.getImageData(0, 0, width, height).data].filter((_, i) => i % 4 === 3)];
}"""
NEAREST = """([text, key]) => {
  const layer = layerOf(key);
  return nearestTo(parseSum(text, layer.embeddings.concepts).terms, vectorsOf(layer));
}"""
NAMELESS = """() => {
  const named = (element) =>
    element.getAttribute("aria-label") || element.alt || element.title || element.textContent.trim() ||
    element.labels?.[0]?.textContent.trim();
  return [...document.querySelectorAll("button, a[href], input, select, img, [role=img]")]
    .filter((element) => element.offsetParent && !element.closest(".modebar") && !named(element))
    .map((element) => element.outerHTML);
}"""


class Visit:
    """A visit to the page; what it asked for and what it complained of is kept."""

    def __init__(self, browser, page, **options):
        self.address, self.requests, self.complaints = page.as_uri(), [], []
        self.context = browser.new_context(**options)
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(10_000)
        self.tab.on("request", lambda request: self.requests.append(request.url))
        self.tab.on("console", lambda message: self.complaints.append(message.text))
        self.tab.on("pageerror", lambda error: self.complaints.append(str(error)))

    def open(self, **state):
        self.tab.evaluate(OPEN, state)
        assert self.tab.locator(f"#{state['view']}").is_visible()

    def cells(self, table, column):
        return self.tab.locator(f"#{table} tbody [data-column='{column}']").all_text_contents()

    def fetched(self):
        return [url for url in self.requests if url != self.address and not url.startswith(("data:", "blob:"))]


@pytest.fixture(scope="module")
def opened(browser, page):
    found = Visit(browser, page, viewport={"width": 1280, "height": 900})
    found.tab.goto(found.address)
    yield found
    found.context.close()


@pytest.fixture
def visit(opened):
    """The opened page, which must ask for nothing and complain of nothing."""
    opened.open(view="overview")
    yield opened
    assert opened.fetched() == []
    assert opened.complaints == []


@pytest.fixture
def fresh(browser, page):
    """The page as it is when it is opened."""
    found = Visit(browser, page, viewport={"width": 1280, "height": 900})
    found.tab.goto(found.address)
    yield found
    found.context.close()
    assert found.complaints == []


def test_every_view_loads_without_a_request_or_a_complaint(visit):
    for view in VIEWS:
        visit.open(view=view)
        assert visit.tab.locator(f"nav a[aria-current='page'][data-view='{view}']").count() == 1
        charts = visit.tab.locator(f"#{view} .chart:visible")
        for chart in charts.all():
            assert chart.locator("svg.main-svg").count() > 0
            assert chart.get_attribute("aria-label")


def test_the_concept_table_tells_the_numbers_of_the_csv(visit, results):
    visit.open(view="concepts", recipe="iou")
    fits = read_named(results.table(*LATE, "segmentation"))
    fits = fits[fits["recipe"] == "iou"].sort_values("iou_val", ascending=False)
    assert visit.cells("concept-table", "concept") == fits["concept"].tolist()
    expected = [
        f"{value:.3f} [{low:.3f}, {high:.3f}]"
        for value, low, high in zip(*(fits[name] for name in ("iou_val", "iou_val_low", "iou_val_high")), strict=True)
    ]
    assert visit.cells("concept-table", "iou_val") == expected
    assert visit.cells("concept-table", "gain") == [f"{gain:+.3f}".replace("-", "−") for gain in fits["gain"]]


def test_headers_sort(visit, results):
    visit.open(view="concepts")
    single = read_named(results.table(*LATE, "single_filter"))
    header = visit.tab.locator("#concept-table [data-sort='single_iou_val']")
    header.click()
    assert visit.cells("concept-table", "concept") == single.sort_values("iou_val", ascending=False)["concept"].tolist()
    assert visit.tab.locator("#concept-table th[aria-sort='descending']").inner_text().strip() == "One filter"
    visit.tab.keyboard.press("Enter")  # the keyboard is still there
    assert visit.cells("concept-table", "concept") == single.sort_values("iou_val")["concept"].tolist()
    visit.tab.locator("#concept-table [data-sort='concept']").click()
    assert visit.cells("concept-table", "category")[-1] == "object"
    assert "sort=concept" in visit.tab.url


def test_search_and_category_narrow_the_table(visit):
    visit.open(view="concepts")
    visit.tab.fill("#concept-search", "GREEN")
    assert sorted(visit.cells("concept-table", "concept")) == ["green", "light-green"]
    visit.tab.fill("#concept-search", "")
    visit.tab.select_option("#concept-category", "object")
    assert sorted(visit.cells("concept-table", "concept")) == ["grass", "sky"]
    assert visit.tab.inner_text("#concept-count") == f"2 of {len(CONCEPTS)} rows"


def test_all_layers_and_recipes_stand_in_one_table(visit):
    visit.open(view="concepts")
    visit.tab.check("#concept-all")
    assert len(visit.cells("concept-table", "concept")) == 3 * 2 * len(CONCEPTS)
    assert set(visit.cells("concept-table", "layer")) == {"net · early", "net · late.block", "control · late.block"}
    assert set(visit.cells("concept-table", "recipe")) == {"paper", "iou"}


def test_a_click_opens_a_concept_and_its_link_can_be_shared(visit, results, browser, page):
    visit.open(view="concepts", layer="net/early")
    visit.tab.locator("#concept-table a", has_text="sky").click()
    visit.tab.wait_for_selector("#concept-title")
    assert visit.tab.inner_text("#concept-title") == "sky"
    assert visit.tab.evaluate("document.activeElement.id") == "concept-title"
    examples = (
        read_named(results.table("net", "early", "concept_deciles")).query("concept == 'sky'").drop_duplicates("image")
    )
    assert visit.tab.locator("#examples .tile").count() == len(examples)
    captions = visit.tab.locator("#examples figcaption").all_text_contents()
    assert [caption.split("one ")[1] for caption in captions] == [
        f"{row.iou_single:.3f}, all {row.iou_multi:.3f}" for row in examples.itertuples()
    ]
    other = Visit(browser, page)
    other.tab.goto(visit.tab.url)
    assert other.tab.inner_text("#concept-title") == "sky"
    assert other.tab.input_value("#layer") == "net/early"
    other.context.close()


def test_a_concept_names_its_heaviest_filters_and_nearest_concepts(visit, results):
    visit.open(view="concept", concept="sky")
    weights = results.weights[LATE].loc["sky"]
    heaviest = weights.abs().sort_values(ascending=False, kind="stable").index.tolist()
    assert (
        visit.tab.get_attribute("#weights", "aria-label")
        == f"Filters of largest weight: {', '.join(map(str, heaviest))}"
    )
    expected = nearest(parse_analogy("sky", list(CONCEPTS)), results.weights[LATE])
    assert visit.cells("neighbours", "concept") == expected.index.tolist()
    assert visit.cells("neighbours", "cosine") == [f"{value:.3f}".replace("-", "−") for value in expected]


def test_examples_follow_the_recipe(visit, results):
    visit.open(view="concept", concept="grass", recipe="iou")
    individual = pd.read_csv(results.folder / "net" / "late.block" / "individual_iou.csv.gz")
    multi = individual.query("concept == 'grass' and recipe == 'iou'").set_index("image")["iou_multi"]
    examples = read_named(results.table(*LATE, "concept_deciles")).query("concept == 'grass'")["image"].unique()
    captions = visit.tab.locator("#examples figcaption").all_text_contents()
    assert [caption.split("all ")[1] for caption in captions] == [f"{multi[image]:.3f}" for image in examples]
    address = "getComputedStyle(document.querySelector('#examples .strip.embedding')).backgroundImage"
    iou = visit.tab.evaluate(address)
    visit.tab.select_option("#recipe", "paper")
    assert visit.tab.evaluate(address) != iou


def test_overlays_can_be_toggled_and_faded(fresh):
    fresh.open(view="concept", concept="grass")
    opacity = "kind => getComputedStyle(document.querySelector(`#examples .strip.${kind}`)).opacity"
    assert [fresh.tab.evaluate(opacity, kind) for kind in ("labelled", "filter", "embedding")] == ["0.9", "0", "0.9"]
    fresh.tab.check("[data-overlay='filter']")
    fresh.tab.uncheck("[data-overlay='embedding']")
    fresh.tab.locator("[data-overlay='opacity']").fill("0.5")
    assert [fresh.tab.evaluate(opacity, kind) for kind in ("labelled", "filter", "embedding")] == ["0.5", "0.5", "0"]
    fresh.open(view="concept", concept="sky")  # the choice stays
    assert [fresh.tab.evaluate(opacity, kind) for kind in ("filter", "embedding")] == ["0.5", "0"]


def test_a_strip_shows_the_mask_of_its_image(visit, results):
    """The browser's pixels of an overlay are those of the labelled mask."""
    visit.open(view="concept", concept="sky")
    read = """async () => [...document.querySelectorAll('#examples .strip.labelled')].map((strip) => {
      const style = getComputedStyle(strip);
      return [style.backgroundImage.slice(5, -2), style.backgroundPositionX];
    })"""
    strips = visit.tab.evaluate(read)
    width, height, opacity = visit.tab.evaluate(OPACITIES, strips[0][0])
    masks = np.split(np.array(opacity).reshape(height, width) > 0, len(strips), axis=1)
    images = read_named(results.table(*LATE, "concept_deciles")).query("concept == 'sky'")["image"].drop_duplicates()
    number = list(CONCEPTS).index("sky") + 1
    for place, image in enumerate(images):
        np.testing.assert_array_equal(masks[place], (results.planes[image] == number).any(0))
        assert float(strips[place][1].rstrip("%")) == pytest.approx(100 * place / (len(strips) - 1), abs=0.01)


@pytest.mark.parametrize(
    "text", ["grass + blue - green", "light-green + sky", "  -sky + sky + 1984", f"{HOSTILE} − grass"]
)
@pytest.mark.parametrize("place", [LATE, ("control", "late.block")], ids="/".join)
def test_arithmetic_gives_the_answer_of_python(visit, results, text, place):
    visit.open(view="space", layer="/".join(place))
    visit.tab.fill("#sum", text)
    visit.tab.click("#arithmetic button")
    visit.tab.wait_for_function(
        "text => document.querySelector('#sum-answer caption').textContent.includes(text.trim())", arg=text
    )
    expected = nearest(parse_analogy(text, list(CONCEPTS)), results.weights[place])
    computed = visit.tab.evaluate(NEAREST, [text, "/".join(place)])
    assert [row["concept"] for row in computed] == expected.index.tolist()
    np.testing.assert_allclose([row["cosine"] for row in computed], expected, atol=1e-12)
    assert visit.cells("sum-answer", "concept") == expected.index.tolist()


def test_the_expected_answer_of_a_sum_is_ranked(visit, results):
    visit.open(view="space", sum="grass + blue - green = sky")
    expected = nearest(parse_analogy("grass + blue - green", list(CONCEPTS)), results.weights[LATE])
    rank = 1 + expected.index.tolist().index("sky")
    assert f"sky is number {rank} of {len(expected)}" in visit.tab.inner_text("#sum-answer")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grass + nothing", "No concept “nothing” has an embedding in this layer."),
        ("grass +", "A concept is missing."),
        ("= sky", "A concept is missing."),
        ("grass = nothing", "No concept “nothing” has an embedding in this layer."),
    ],
)
def test_a_mistaken_sum_is_explained(visit, text, message):
    visit.open(view="space")
    visit.tab.fill("#sum", text)
    visit.tab.click("#arithmetic button")
    visit.tab.wait_for_selector("#sum-answer [role='alert']")
    assert visit.tab.inner_text("#sum-answer") == message


def test_a_hostile_name_is_shown_as_text(visit):
    alerts = []
    visit.tab.on("dialog", lambda dialog: (alerts.append(dialog.message), dialog.dismiss()))
    for state in ({"view": "concepts"}, {"view": "concept", "concept": HOSTILE}, *({"view": view} for view in VIEWS)):
        visit.open(**state)
        assert visit.tab.locator("img[src='x']").count() == 0
    visit.open(view="concept", concept=HOSTILE)
    assert visit.tab.inner_text("#concept-title") == HOSTILE
    visit.open(view="space")
    texts = visit.tab.locator("#map .textpoint text").all_text_contents()
    assert f"{HOSTILE[:23]}…" in texts
    assert alerts == []


def test_a_filter_shows_its_images_and_users(visit, results):
    overlap = read_named(results.table(*LATE, "filter_overlap"))
    filter_ = int(overlap["top_for"].idxmax())
    visit.open(view="filter", filter=str(filter_))
    assert visit.tab.inner_text("#filter-title") == f"Filter {filter_}"
    assert visit.tab.locator("#filter .gallery .tile").count() == 11
    single = read_named(results.table(*LATE, "single_filter")).query("filter == @filter_")["concept"].tolist()
    used = results.weights[LATE].abs().rank(axis=1, ascending=False)[filter_] <= 4
    assert set(visit.cells("filter-users", "concept")) == {*used[used].index, *single}
    assert overlap["top_for"][filter_] == used.sum()


def test_filters_are_found_by_number_and_by_concept(visit, results):
    visit.open(view="filters")
    visit.tab.fill("#filter-search", "7")
    assert visit.cells("filter-table", "filter") == ["7"]
    units = columns(read_named(results.table(*LATE, "units")))
    overlap = columns(read_named(results.table(*LATE, "filter_overlap")))
    visit.tab.fill("#filter-search", "1984")
    named = zip(units["concept"], overlap["concepts"], overlap["top_concepts"], strict=True)
    expected = {str(number) for number, names in enumerate(named) if any("1984" in (name or "") for name in names)}
    assert set(visit.cells("filter-table", "filter")) == expected


def test_chance_and_failures_tell_the_numbers_of_the_csv(visit, results):
    visit.open(view="chance", recipe="iou")
    evidence = read_named(results.table(*LATE, "significance")).query("recipe == 'iou'")
    assert f"{evidence['encoded'].sum()} of {len(evidence)} concepts are above chance" in visit.tab.inner_text(
        "#chance-words"
    )
    ranked = evidence.sort_values("iou_val", ascending=False)
    assert visit.cells("chance-table", "constant_mask_iou_val") == [
        f"{value:.3f}" for value in ranked["constant_mask_iou_val"]
    ]
    visit.open(view="failures", recipe="paper")
    lost = read_named(results.table(*LATE, "failures")).query("recipe == 'paper'").sort_values("gain")
    assert visit.cells("failure-table", "concept") == lost["concept"].tolist()


def test_a_concept_of_whole_images_is_classified(visit):
    visit.open(view="concept", concept=WHOLE)
    assert "75 %" in visit.tab.inner_text("#concept .numbers")


def test_the_page_can_be_used_by_keyboard(fresh):
    fresh.tab.keyboard.press("Tab")
    assert fresh.tab.evaluate("document.activeElement.className") == "skip"
    for _ in range(3):
        fresh.tab.keyboard.press("Tab")
    assert fresh.tab.evaluate("document.activeElement.textContent") == "Concepts"
    fresh.tab.keyboard.press("Enter")
    fresh.tab.wait_for_selector("#concept-table table")
    assert fresh.tab.evaluate("document.activeElement.id") == "concepts-title"


def test_everything_has_a_name_for_screen_readers(visit):
    for view in VIEWS:
        visit.open(view=view)
        assert visit.tab.evaluate(NAMELESS) == []
        assert visit.tab.locator("h1:visible").count() == 1


def test_the_look_can_be_dark(fresh):
    shade = "() => getComputedStyle(document.body).backgroundColor"
    light = fresh.tab.evaluate(shade)
    fresh.tab.click("#theme")
    fresh.tab.click("#theme")
    assert fresh.tab.evaluate("document.documentElement.className") == "dark"
    assert fresh.tab.evaluate(shade) != light


def test_the_page_fits_a_phone(browser, page):
    phone = Visit(browser, page, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    phone.tab.goto(phone.address)
    for state in (
        *({"view": view} for view in VIEWS),
        {"view": "concept", "concept": "sky"},
        {"view": "concept", "concept": HOSTILE},
        {"view": "filter", "filter": "3"},
    ):
        phone.open(**state)
        assert phone.tab.evaluate("document.documentElement.scrollWidth") <= 360, state
    phone.context.close()
    assert phone.complaints == []


def test_a_run_of_one_layer_without_sums_control_or_failures_has_a_page(browser, tmp_path):
    run = make_run(tmp_path / "run", ONE_LAYER)
    report(run.folder / "config.yaml", run.folder, tmp_path / "report", threads=1)
    visit = Visit(browser, tmp_path / "report" / "index.html")
    visit.tab.goto(visit.address)
    for state in ({"view": "concept", "concept": "sky"}, *({"view": view} for view in VIEWS)):
        visit.open(**state)
    assert visit.tab.inner_text("#failure-table") == "None."
    assert visit.complaints == []
    visit.context.close()


def test_pictures_beside_the_page_are_found(browser, results, tmp_path, monkeypatch):
    monkeypatch.setattr("net2vec_core.report.page.LARGEST", 0)
    report(results.folder / "config.yaml", results.folder, tmp_path / "report", threads=1)
    beside = Visit(browser, tmp_path / "report" / "index.html")
    beside.tab.goto(f"{beside.address}#view=concept&concept=sky")
    beside.tab.wait_for_function("document.querySelector('#examples img').naturalWidth > 0")
    assert beside.fetched()
    assert all(url.startswith((tmp_path / "report" / "pictures").as_uri()) for url in beside.fetched())
    assert beside.complaints == []
    beside.context.close()


def test_scores_without_an_interval_stand_alone(visit, results):
    single = read_named(results.table(*LATE, "single_filter"))
    missing = single[single["iou_val_low"].isna()]["concept"].tolist()
    visit.open(view="concepts")
    shown = dict(
        zip(visit.cells("concept-table", "concept"), visit.cells("concept-table", "single_iou_val"), strict=True)
    )
    assert missing
    assert all("[" not in shown[name] for name in missing)
    assert pd.Series(shown).str.contains("[", regex=False).sum() == len(shown) - len(missing)
