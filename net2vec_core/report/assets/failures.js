// Where the best single filter beats the embedding.

const FAILURES_PICTURED = 12;

function showFailures({ layer: key, recipe, sort = "gain" }) {
  const layer = layerOf(key);
  const rows = ofRecipe(rowsOf(layer.tables.failures), recipe);
  const scores = scoresOf(layer, recipe);
  const sure = rows.filter((row) => row.significant).length;
  byId("failures-words").textContent =
    `In ${nameOf(layer)}, recipe ${recipe}, the best single filter beats the embedding for ${rows.length} of ${scores.length} concepts, for ${sure} of them significantly. ` +
    "Overshoot is how many pixels the embedding predicts for each labelled one.";
  const section = byId("failures");
  section.querySelector(".overlays").replaceWith(overlayControls());
  fill(
    byId("failure-gallery"),
    rows.slice(0, FAILURES_PICTURED).map((row) => failureFigure(layer, row)),
  );
  drawGainAgainstSize(byId("failure-scatter"), scores);
  const trend = rowsOf(layer.tables.gain_trends).find(
    (row) => row.recipe === recipe && row.category === "all" && row.against === "mean_coverage",
  );
  byId("failure-trend").textContent = trend
    ? `Rank correlation of gain and coverage: ${cosine(trend.rank_correlation)} (${told("p", trend.p_value)}).`
    : "";
  const columns = [
    { key: "concept", label: "Concept", text: true, show: (row) => linkToConcept(row.concept) },
    { key: "category", label: "Category", text: true, show: (row) => categoryMark(row.category) },
    { key: "iou_val", label: "All filters", show: (row) => score(row.iou_val) },
    { key: "single_iou_val", label: "One filter", show: (row) => score(row.single_iou_val) },
    { key: "gain", label: "Gain", show: (row) => gainMark(row.gain) },
    { key: "q_value", label: "q", show: (row) => probability(row.q_value) },
    { key: "overshoot", label: "Overshoot", show: (row) => significant(row.overshoot) },
    { key: "mean_coverage", label: "Coverage", show: (row) => share(row.mean_coverage) },
    { key: "train_images", label: "Train images" },
  ];
  const table = {
    caption: "Concepts that one filter finds better",
    columns,
    rows,
    sort,
    onSort: (next) => resort(next, "#failure-table"),
  };
  if (rows.length) fillTable(byId("failure-table"), table);
  else fill(byId("failure-table"), h("p", {}, "None."));
}

/** A failing concept on its image of median IoU. */
function failureFigure(layer, row) {
  const example = exampleAt(layer, row.concept, row.recipe, 50);
  return h(
    "figure",
    {},
    exampleTile(layer, row.concept, row.recipe, example),
    h(
      "figcaption",
      {},
      linkToConcept(row.concept),
      h("br"),
      `one ${score(row.single_iou_val)}, all ${score(row.iou_val)}`,
    ),
  );
}

function drawGainAgainstSize(element, scores) {
  const traces = byCategory(scores, (here) => ({
    x: here.map((row) => row.mean_coverage),
    y: here.map((row) => row.gain),
    text: here.map(
      (row) =>
        `<b>${plain(row.concept)}</b><br>gain ${signed(row.gain)}<br>covers ${share(row.mean_coverage)} of an image`,
    ),
    hoverinfo: "text",
  }));
  draw(element, "Each concept's gain against the share of an image that it covers", traces, {
    height: 380,
    xaxis: axis("share of an image that it covers", { type: "log", dtick: 1, tickformat: "~%" }),
    yaxis: axis("gain in set IoU", { zeroline: true, zerolinecolor: css("soft"), zerolinewidth: 2 }),
  });
  openOnClick(element);
}
