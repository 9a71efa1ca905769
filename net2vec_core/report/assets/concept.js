// One concept: how well it is found, by which filters, beside which others, and on which images.

const TOP_FILTERS_SHOWN = 20;
const NEIGHBOURS_SHOWN = 10;

function showConcept({ layer: key, recipe, concept }) {
  const layer = layerOf(key);
  const about = CONCEPTS.get(concept);
  const section = byId("concept");
  forgetCharts(section);
  if (!about) {
    fill(
      section,
      h("h1", { id: "concept-title", tabindex: -1 }, "No such concept"),
      h("p", {}, h("a", { href: linkTo("concepts") }, "All concepts")),
    );
    return;
  }
  const inSpace = layer.embeddings.concepts.includes(concept);
  fill(
    section,
    conceptHead(layer, about),
    inSpace ? conceptParts(layer, recipe, concept) : imageLevelParts(layer, concept),
  );
  if (inSpace) {
    drawCurve(byId("curve"), layer, concept);
    drawWeights(byId("weights"), layer, concept);
    fillNeighbours(
      byId("neighbours"),
      "By cosine of embeddings",
      nearestTo(new Map([[concept, 1]]), vectorsOf(layer)).slice(0, NEIGHBOURS_SHOWN),
    );
    fillEverywhere(byId("everywhere"), concept);
  }
}

function conceptHead(layer, about) {
  const names = rowsOf(DATA.concepts).map((row) => row.name);
  const place = names.indexOf(about.name);
  const step = (by, words) =>
    h("a", { href: linkTo("concept", { concept: names.at((place + by) % names.length) }) }, words);
  return [
    h(
      "p",
      { class: "crumbs" },
      h("a", { href: linkTo("concepts") }, "← All concepts"),
      h("span", { class: "push" }, step(-1, "previous")),
      step(1, "next"),
    ),
    h(
      "div",
      { class: "detail-head" },
      h("h1", { id: "concept-title", tabindex: -1 }, about.name),
      categoryMark(about.category),
    ),
    h(
      "p",
      { class: "lead" },
      `In ${nameOf(layer)}. Held by ${about.train_images} train and ${about.val_images} val images; covers ${share(about.mean_coverage)} of such an image.`,
    ),
  ];
}

function conceptParts(layer, recipe, concept) {
  const row = scoresOf(layer, recipe).find((score) => score.concept === concept);
  return [
    conceptNumbers(layer, recipe, row),
    card(
      "On val images, from the least to the best found",
      h(
        "p",
        { class: "note" },
        `Images at the deciles of the IoU that recipe ${MAIN_RECIPE} reaches in them. Below each: the decile, then the IoU of the best single filter and of all filters (recipe ${recipe}) in that image.`,
      ),
      overlayControls(),
      h(
        "div",
        { class: "gallery", id: "examples" },
        exampleRows(layer, concept, recipe).map((example) => exampleFigure(layer, concept, recipe, example)),
      ),
    ),
    h(
      "div",
      { class: "columns" },
      card("How many filters does it take?", h("div", { class: "chart", id: "curve" })),
      card(
        "Filters of largest weight",
        h("div", { class: "chart", id: "weights" }),
        h("p", { class: "note" }, `Recipe ${MAIN_RECIPE}. Click a bar to open the filter.`),
      ),
      card("Nearest concepts", h("div", { id: "neighbours" })),
    ),
    card("In every layer, by every recipe", h("div", { id: "everywhere" })),
  ];
}

function imageLevelParts(layer, concept) {
  const row = ofConcept(layer, "classification", concept).find(({ seed }) => seed != null);
  return [
    h("p", {}, "This concept is a label of whole images: it has no masks, so it is classified, not segmented."),
    row && h("dl", { class: "numbers" }, classificationNumber(row)),
  ];
}

function card(title, ...content) {
  return h("article", { class: "card" }, h("h2", {}, title), content);
}

/** A number under its name, and below it what else there is to say, separated by commas. */
function number(term, value, ...beside) {
  const known = beside.filter((part) => part != null);
  return h(
    "div",
    {},
    h("dt", {}, term),
    h("dd", {}, value),
    h(
      "dd",
      {},
      known.flatMap((part, place) => (place ? [", ", part] : [part])),
    ),
  );
}

function filterNumbered(filter) {
  return h("span", {}, "filter ", linkToFilter(filter));
}

function conceptNumbers(layer, recipe, row) {
  const of = (table) => ofRecipe(ofConcept(layer, table, row.concept), recipe)[0] ?? {};
  const chance = of("significance");
  const evaluation = of("evaluation");
  const fair = ofConcept(layer, "fair_single_filter", row.concept)[0] ?? {};
  const classification = ofConcept(layer, "classification", row.concept)[0];
  return h(
    "dl",
    { class: "numbers" },
    number("All filters", score(row.iou_val), interval(row.iou_val_low, row.iou_val_high), `recipe ${recipe}`),
    number(
      "Best single filter",
      score(row.single_iou_val),
      interval(row.single_iou_val_low, row.single_iou_val_high),
      filterNumbered(row.single_filter),
    ),
    number("Gain", gainMark(row.gain), told("q", row.q_value)),
    number(
      "One with its own threshold",
      score(fair.iou_val),
      filterNumbered(fair.filter),
      `active in ${share(fair.quantile)} of the cells`,
    ),
    number("Filters for 80 %", row.filters_80 ?? NOTHING, `of ${layer.filters}`),
    number(
      "Above chance",
      yesNo(chance.encoded),
      `constant mask ${score(chance.constant_mask_iou_val)}`,
      `other images' masks ${score(chance.permuted_iou_val)}`,
    ),
    number(
      "On all annotated images",
      score(evaluation.iou_all),
      `average precision ${score(evaluation.average_precision)}`,
      `by chance ${score(evaluation.prevalence)}`,
    ),
    classification && classificationNumber(classification),
  );
}

function classificationNumber(row) {
  return number(
    "Tells which images hold it",
    share(row.accuracy_val),
    interval(row.accuracy_val_low, row.accuracy_val_high),
    "where half of them do",
  );
}

function exampleFigure(layer, concept, recipe, example) {
  const decile = example.low === example.high ? `${example.low} %` : `${example.low}–${example.high} %`;
  return h(
    "figure",
    {},
    exampleTile(layer, concept, recipe, example),
    h(
      "figcaption",
      {},
      h("b", {}, decile),
      h("br"),
      `one ${score(example.iou_single)}, all ${score(example.iou_multi)}`,
    ),
  );
}

function drawCurve(element, layer, concept) {
  const rows = ofConcept(layer, "subsets", concept);
  const line = (task, column, name, color, dash, yaxis) => {
    const here = rows.filter((row) => row.task === task);
    return {
      type: "scatter",
      mode: "lines+markers",
      name,
      x: here.map((row) => row.filters),
      y: here.map((row) => row[column]),
      line: { color, dash },
      yaxis,
      hovertemplate: "%{x} filters: %{y:.3f}<extra></extra>",
    };
  };
  const traces = [
    line("segmentation", "score_val", "IoU, val", css("embedding"), "solid", "y"),
    line("segmentation", "score_train", "IoU, train", css("embedding"), "dot", "y"),
    line("classification", "score_val", "accuracy, val", css("labelled"), "solid", "y2"),
  ];
  draw(element, `Score of ${concept} with the F filters of largest weight`, traces, {
    height: 340,
    xaxis: axis("filters", {
      type: "log",
      tickvals: [...new Set(rows.map((row) => row.filters))].sort((one, other) => one - other),
    }),
    yaxis: axis("set IoU", { rangemode: "tozero" }),
    yaxis2: axis("accuracy", {
      overlaying: "y",
      side: "right",
      range: [0.4, 1.02],
      showgrid: false,
      tickmode: "auto",
      dtick: 0.2,
    }),
    margin: { l: 50, r: 50, t: 14, b: 44 },
  });
}

function drawWeights(element, layer, concept) {
  const rows = heaviestFilters(layer, concept).slice(0, TOP_FILTERS_SHOWN);
  const color = rows.map(({ weight }) => (weight < 0 ? css("bad") : css("embedding")));
  const trace = {
    type: "bar",
    orientation: "h",
    x: rows.map(({ weight }) => weight),
    y: rows.map(({ filter }) => `filter ${filter}`),
    customdata: rows.map(({ filter }) => filter),
    marker: { color },
    hovertemplate: "%{y}: %{x:.4f}<extra></extra>",
  };
  draw(element, `Filters of largest weight: ${rows.map(({ filter }) => filter).join(", ")}`, [trace], {
    height: 420,
    xaxis: axis("weight"),
    yaxis: axis("", { autorange: "reversed", dtick: 1 }),
  });
  element.removeAllListeners?.("plotly_click");
  element.on("plotly_click", ({ points }) => go("filter", { filter: points[0].customdata }));
}

function fillEverywhere(element, concept) {
  const rows = DATA.layers.flatMap((layer) =>
    DATA.recipes.flatMap((recipe) => scoresOf(layer, recipe).filter((row) => row.concept === concept)),
  );
  const here = (row) =>
    h("a", { href: linkTo("concept", { concept, layer: row.layer, recipe: row.recipe }) }, nameOf(layerOf(row.layer)));
  const columns = [
    { key: "layer", label: "Layer", text: true, show: here },
    { key: "recipe", label: "Recipe", text: true },
    ...CONCEPT_COLUMNS.filter(({ key }) =>
      ["single_iou_val", "iou_val", "gain", "q_value", "filters_80", "encoded"].includes(key),
    ),
  ];
  fillTable(element, { caption: "Set IoU on val", columns, rows });
}
