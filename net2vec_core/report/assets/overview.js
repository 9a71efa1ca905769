// The run at a glance: the figures beside the answers, which the page holds already.

const PICTURED = 18;

function showOverview({ layer: key, recipe }) {
  const layer = layerOf(key);
  const blocks = [...document.querySelectorAll(".answers")];
  for (const block of blocks) block.hidden = block.dataset.layer !== key || block.dataset.recipe !== recipe;
  const figure = (name) => blocks.find((block) => !block.hidden).querySelector(`[data-figure="${name}"]`);
  drawGain(figure("gain"), layer, recipe);
  drawSharing(figure("sharing"), layer);
  drawRelations(figure("relations"), layer);
  fillMosaic(layer, recipe);
}

/** The concepts that are found best, each on an image that is a little better than its median. */
function fillMosaic(layer, recipe) {
  const best = sortedRows(scoresOf(layer, recipe), [{ key: "iou_val" }], "-iou_val").slice(0, PICTURED);
  const tiles = best.map(({ concept }) => {
    const example = exampleAt(layer, concept, recipe, 70);
    return h(
      "a",
      { href: linkTo("concept", { concept }), title: concept, "aria-label": concept },
      exampleTile(layer, concept, recipe, example),
    );
  });
  fill(byId("mosaic"), tiles);
}

function drawGain(element, layer, recipe) {
  const rows = scoresOf(layer, recipe);
  const end = 1.05 * Math.max(...rows.map((row) => Math.max(row.iou_val, row.single_iou_val)), 0.05);
  const bars = (here, column) =>
    errorBars(here.map((row) => ({ value: row[column], low: row[`${column}_low`], high: row[`${column}_high`] })));
  const traces = byCategory(rows, (here) => ({
    x: here.map((row) => row.single_iou_val),
    y: here.map((row) => row.iou_val),
    error_x: bars(here, "single_iou_val"),
    error_y: bars(here, "iou_val"),
    text: here.map(
      (row) =>
        `<b>${plain(row.concept)}</b><br>one filter ${score(row.single_iou_val)}<br>all filters ${score(row.iou_val)}`,
    ),
    hoverinfo: "text",
  }));
  const words = `Each concept's IoU with all filters against that with its best single filter, recipe ${recipe}`;
  draw(element, words, traces, {
    height: 420,
    xaxis: axis("IoU of the best single filter", { range: [0, end] }),
    yaxis: axis(`IoU of all filters (${recipe})`, { range: [0, end] }),
    shapes: [diagonal(end)],
  });
  openOnClick(element);
}

function drawSharing(element, layer) {
  const bins = rowsOf(layer.tables.overlap_histogram);
  const chance = rowsOf(layer.tables.histogram_by_chance);
  const bar = (kind, name, color) => {
    const rows = bins.filter((row) => row.kind === kind);
    return {
      type: "bar",
      name,
      x: rows.map(binName),
      y: rows.map((row) => row.filters),
      marker: { color },
      hovertemplate: "%{y} filters<extra></extra>",
    };
  };
  const traces = [
    bar("best", "best single filter of so many", css("filter")),
    bar("top", `among the ${layer.sharing.top} of largest weight of so many`, css("embedding")),
    {
      type: "bar",
      name: "the same by chance",
      x: chance.map(binName),
      y: chance.map((row) => row.value),
      error_y: errorBars(chance),
      marker: { color: css("soft"), opacity: 0.55 },
      hovertemplate: "%{y:.1f} filters<extra></extra>",
    },
  ];
  draw(element, "How many filters serve how many concepts", traces, {
    height: 360,
    xaxis: axis("concepts", { type: "category" }),
    yaxis: axis("filters", { type: "log", dtick: 1 }),
  });
}

/** What a bin of overlap_histogram.csv holds, whose `concepts` is its right edge. */
function binName({ concepts }) {
  const low = Math.floor(concepts / 2) + 1;
  return concepts < 2 || low === concepts ? String(concepts) : `${low}–${concepts}`;
}

function drawRelations(element, layer) {
  const rows = rowsOf(layer.tables.relation_summary).filter((row) => row.other_cosine != null);
  const kinds = rows.map((row) => row.kind);
  const points = (name, column, color) => ({
    type: "scatter",
    mode: "markers",
    name,
    x: rows.map((row) => row[column]),
    y: kinds,
    marker: { color, size: 14 },
    hovertemplate: "%{x:.3f}<extra></extra>",
  });
  const ties = rows.map((row) => ({
    type: "line",
    x0: row.other_cosine,
    x1: row.mean_cosine,
    y0: row.kind,
    y1: row.kind,
    layer: "below",
    line: { color: css("line"), width: 5 },
  }));
  const notes = rows.map((row) => ({
    x: Math.max(row.mean_cosine, row.other_cosine),
    y: row.kind,
    text: told("p", row.p_value),
    showarrow: false,
    xanchor: "left",
    xshift: 12,
    font: { color: css("soft") },
  }));
  const traces = [
    points("pairs of this kind", "mean_cosine", css("embedding")),
    points("others", "other_cosine", css("soft")),
  ];
  draw(element, "Mean cosine of concepts that belong together, and of others", traces, {
    height: 300,
    xaxis: axis("mean cosine", { zeroline: true }),
    yaxis: axis("", { autorange: "reversed" }),
    shapes: ties,
    annotations: notes,
  });
}
