// Layers and networks against each other.

const LAYER_COLORS = ["#0b62c4", "#c2521c", "#00875f", "#8a4fbf", "#b58900", "#0891b2", "#be185d", "#64748b"];

function startLayers() {
  byId("measure").addEventListener("change", (event) => adjust({ measure: event.target.value }));
}

function showLayers({ recipe, measure = "rank_correlation" }) {
  setValue(byId("measure"), measure);
  drawByCategory(byId("by-category"), recipe);
  drawNeeded(byId("needed"));
  drawPairs(byId("pairs"), measure);
  fillPairs(byId("pair-table"));
}

function layerColor(place) {
  return LAYER_COLORS[place % LAYER_COLORS.length];
}

function drawByCategory(element, recipe) {
  const categories = [["all", () => true], ...Object.keys(DATA.colors).map((name) => [name, (row) => row.category === name])];
  const traces = DATA.layers.flatMap((layer, place) => {
    const rows = scoresOf(layer, recipe);
    const groups = categories.map(([name, fits]) => [name, rows.filter(fits)]).filter(([, here]) => here.length);
    return ["single_iou_val", "iou_val"].map((column) => {
      const means = groups.map(([, here]) => meanInterval(here.map((row) => row[column])));
      return {
        type: "scatter", mode: "markers", name: plain(nameOf(layer)), legendgroup: layer.key, showlegend: column === "iou_val",
        x: groups.map(([name, here], at) => at + (place - (DATA.layers.length - 1) / 2) * (0.7 / DATA.layers.length)),
        y: means.map(({ mean }) => mean),
        error_y: { type: "data", symmetric: false, array: means.map(({ mean, high }) => high - mean), arrayminus: means.map(({ mean, low }) => mean - low), width: 0, thickness: 1.5 },
        marker: { size: 10, color: layerColor(place), symbol: column === "iou_val" ? "circle" : "circle-open", line: { width: 2, color: layerColor(place) } },
        text: groups.map(([name, here]) => `<b>${plain(nameOf(layer))}</b><br>${plain(name)}, ${here.length} concepts<br>${column === "iou_val" ? "all filters" : "one filter"}`),
        hovertemplate: "%{text}: %{y:.3f}<extra></extra>",
      };
    });
  });
  const shown = categories.filter(([, fits]) => DATA.layers.some((layer) => scoresOf(layer, recipe).some(fits))).map(([name]) => name);
  draw(element, `Mean IoU by category and layer, recipe ${recipe}`, traces, {
    height: 400,
    xaxis: axis("", { tickvals: shown.map((_, at) => at), ticktext: shown.map(plain), zeroline: false }),
    yaxis: axis(`mean set IoU on val (${recipe})`, { rangemode: "tozero" }),
  });
}

/** The mean with its 95 % percentile bootstrap interval; the same draws every time. */
function meanInterval(values) {
  const mean = (some) => some.reduce((sum, value) => sum + value, 0) / some.length;
  if (values.length < 2) return { mean: mean(values), low: mean(values), high: mean(values) };
  let seed = 1;
  const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647; // Lehmer's generator (Park and Miller 1988)
  const drawn = Array.from({ length: 1000 }, () => mean(values.map(() => values[Math.floor(random() * values.length)]))).sort((one, other) => one - other);
  return { mean: mean(values), low: drawn[25], high: drawn[974] };
}

function drawNeeded(element) {
  const rows = rowsOf(DATA.tables.filters_needed).filter((row) => row.category === "all" && row.share === 0.8 && row.task === "segmentation");
  const traces = DATA.layers.map((layer, place) => {
    const here = rows.filter((row) => row.network === layer.network && row.layer === layer.layer);
    return {
      type: "scatter", mode: "lines+markers", name: plain(nameOf(layer)), x: here.map((row) => row.filters), y: here.map((row) => row.concepts_share),
      line: { shape: "hv", color: layerColor(place) }, hovertemplate: "%{x} filters: %{y:.0%} of concepts<extra></extra>",
    };
  });
  const ticks = [...new Set(rows.map((row) => row.filters))].sort((one, other) => one - other);
  draw(element, "Share of concepts that need at most so many filters, by layer", traces, {
    height: 360,
    xaxis: axis("filters", { type: "log", tickvals: ticks, ticktext: ticks.map(String) }),
    yaxis: axis("share of concepts", { range: [0, 1.03], tickformat: ".0%" }),
  });
}

function pairName(row, which) {
  return `${row[`${which}_network`]} · ${row[`${which}_layer`]}`;
}

function drawPairs(element, measure) {
  const rows = rowsOf(DATA.tables.layer_pairs);
  const names = [...new Set(rows.flatMap((row) => [pairName(row, "first"), pairName(row, "second")]))];
  if (!rows.length) {
    fill(element, h("p", {}, "There is one layer only."));
    return;
  }
  const values = names.map((one) => names.map((other) => {
    if (one === other) return null;
    const row = rows.find((pair) => [pairName(pair, "first"), pairName(pair, "second")].every((name) => [one, other].includes(name)));
    return row?.[measure] ?? null;
  }));
  const lines = names.map((name) => plain(name).replace(" · ", "<br>"));
  const trace = {
    type: "heatmap", z: values, x: lines, y: lines, colorscale: [[0, css("shade")], [1, css("accent")]], zmin: 0, zmax: 1, texttemplate: "%{z:.2f}", hoverongaps: false,
    hovertemplate: "%{y}<br>%{x}<br>%{z:.3f}<extra></extra>", colorbar: { thickness: 10, outlinewidth: 0 }, xgap: 2, ygap: 2,
  };
  const height = 190 + 60 * names.length;
  draw(element, `How alike layers relate the concepts: ${measure}`, [trace], { height, xaxis: axis("", { type: "category" }), yaxis: axis("", { type: "category", autorange: "reversed" }) });
}

function fillPairs(element) {
  const columns = [
    { key: "first", label: "One", text: true, show: (row) => pairName(row, "first") },
    { key: "second", label: "The other", text: true, show: (row) => pairName(row, "second") },
    { key: "shared_concepts", label: "Shared concepts" },
    { key: "rank_correlation", label: "Rank correlation", show: (row) => cosine(row.rank_correlation) },
    { key: "p_value", label: "p", show: (row) => probability(row.p_value) },
    { key: "cka", label: "CKA", show: (row) => cosine(row.cka) },
    { key: "neighbour_agreement", label: "Shared neighbours", show: (row) => share(row.neighbour_agreement) },
    { key: "chance_agreement", label: "By chance", show: (row) => share(row.chance_agreement) },
    { key: "squared_difference", label: "Squared difference", show: (row) => significant(row.squared_difference) },
  ];
  fillTable(element, { caption: "Every two layers on the concepts that they share", columns, rows: rowsOf(DATA.tables.layer_pairs) });
}
