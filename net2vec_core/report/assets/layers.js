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
  const categories = ["all", ...Object.keys(DATA.colors)];
  const shown = categories.filter((name) =>
    DATA.layers.some((layer) => meansOf(layer, recipe).some((row) => row.category === name)),
  );
  const traces = DATA.layers.flatMap((layer, place) =>
    ["single_iou_val", "iou_val"].map((column) => {
      const rows = meansOf(layer, recipe).filter((row) => row.score === column);
      const shift = (place - (DATA.layers.length - 1) / 2) * (0.7 / DATA.layers.length);
      return {
        type: "scatter",
        mode: "markers",
        name: plain(nameOf(layer)),
        legendgroup: layer.key,
        showlegend: column === "iou_val",
        x: rows.map((row) => shown.indexOf(row.category) + shift),
        y: rows.map((row) => row.value),
        error_y: errorBars(rows),
        marker: {
          size: 10,
          color: layerColor(place),
          symbol: column === "iou_val" ? "circle" : "circle-open",
          line: { width: 2, color: layerColor(place) },
        },
        text: rows.map(
          (row) =>
            `<b>${plain(nameOf(layer))}</b><br>${plain(row.category)}, ${row.concepts} concepts<br>${column === "iou_val" ? "all filters" : "one filter"}`,
        ),
        hovertemplate: "%{text}: %{y:.3f}<extra></extra>",
      };
    }),
  );
  draw(element, `Mean IoU by category and layer, recipe ${recipe}`, traces, {
    height: 400,
    xaxis: axis("", { tickvals: shown.map((_, at) => at), ticktext: shown.map(plain), zeroline: false }),
    yaxis: axis(`mean set IoU on val (${recipe})`, { rangemode: "tozero" }),
  });
}

function meansOf(layer, recipe) {
  return rowsOf(layer.tables.category_means).filter((row) => row.recipe === recipe);
}

function drawNeeded(element) {
  const rows = rowsOf(DATA.tables.filters_needed).filter(
    (row) => row.category === "all" && row.share === 0.8 && row.task === "segmentation",
  );
  const traces = DATA.layers.map((layer, place) => {
    const here = rows.filter((row) => row.network === layer.network && row.layer === layer.layer);
    return {
      type: "scatter",
      mode: "lines+markers",
      name: plain(nameOf(layer)),
      x: here.map((row) => row.filters),
      y: here.map((row) => row.concepts_share),
      line: { shape: "hv", color: layerColor(place) },
      hovertemplate: "%{x} filters: %{y:.0%} of concepts<extra></extra>",
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
  const values = names.map((one) =>
    names.map((other) => {
      if (one === other) return null;
      const row = rows.find((pair) =>
        [pairName(pair, "first"), pairName(pair, "second")].every((name) => [one, other].includes(name)),
      );
      return row?.[measure] ?? null;
    }),
  );
  const lines = names.map((name) => plain(name).replace(" · ", "<br>"));
  const trace = {
    type: "heatmap",
    z: values,
    x: lines,
    y: lines,
    colorscale: [
      [0, css("shade")],
      [1, css("accent")],
    ],
    zmin: 0,
    zmax: 1,
    texttemplate: "%{z:.2f}",
    hoverongaps: false,
    hovertemplate: "%{y}<br>%{x}<br>%{z:.3f}<extra></extra>",
    colorbar: { thickness: 10, outlinewidth: 0 },
    xgap: 2,
    ygap: 2,
  };
  const height = 190 + 60 * names.length;
  draw(element, `How alike layers relate the concepts: ${measure}`, [trace], {
    height,
    xaxis: axis("", { type: "category" }),
    yaxis: axis("", { type: "category", autorange: "reversed" }),
  });
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
  fillTable(element, {
    caption: "Every two layers on the concepts that they share",
    columns,
    rows: rowsOf(DATA.tables.layer_pairs),
  });
}
