// Embeddings against what chance gives.

const LEVELS = {
  random_mask_iou_val: "random mask",
  constant_mask_iou_val: "best constant mask",
  permuted_iou_val: "fitted to other images' masks",
  rotated_iou_val: "rotated basis",
  control_iou_val: "control network",
  single_iou_val: "best single filter",
  iou_val: "embedding",
};

function showChance({ layer: key, recipe, sort = "-iou_val" }) {
  const layer = layerOf(key);
  const rows = ofRecipe(rowsOf(layer.tables.significance), recipe);
  const means = rowsOf(layer.tables.level_means).filter((row) => row.recipe === recipe);
  const encoded = rows.filter((row) => row.encoded).length;
  const mistaken = rows.filter((row) => row.permuted_encoded).length;
  byId("chance-words").textContent =
    `In ${nameOf(layer)}, recipe ${recipe}: ${encoded} of ${rows.length} concepts are above chance, that is, better than the best mask that is the same for all images and than embeddings fitted to other images' masks, at a false-discovery rate of ${DATA.rate}. ` +
    `The same test calls ${mistaken} of the latter encoded.`;
  drawLevels(byId("chance-levels"), means);
  drawAgainstChance(byId("chance-scatter"), rows);
  const columns = [
    { key: "concept", label: "Concept", text: true, show: (row) => linkToConcept(row.concept) },
    { key: "category", label: "Category", text: true, show: (row) => categoryMark(row.category) },
    ...means.toReversed().map(({ level }) => ({ key: level, label: LEVELS[level], show: (row) => score(row[level]) })),
    { key: "q_value", label: "q", show: (row) => probability(row.q_value) },
    { key: "encoded", label: "Above chance", value: (row) => Number(row.encoded), show: (row) => yesNo(row.encoded) },
    { key: "control_q_value", label: "q against control", show: (row) => probability(row.control_q_value) },
  ];
  fillTable(byId("chance-table"), {
    caption: "Set IoU on val",
    columns,
    rows,
    sort,
    onSort: (next) => resort(next, "#chance-table"),
  });
}

function drawLevels(element, rows) {
  const trace = {
    type: "bar",
    orientation: "h",
    y: rows.map(({ level }) => LEVELS[level]),
    x: rows.map(({ value }) => value),
    error_x: errorBars(rows),
    marker: {
      color: rows.map(({ level }) =>
        level === "iou_val" ? css("embedding") : level === "single_iou_val" ? css("filter") : css("soft"),
      ),
    },
    hovertemplate: "%{y}: %{x:.3f}<extra></extra>",
  };
  draw(element, "Mean IoU of embeddings and of chance levels", [trace], {
    height: 380,
    xaxis: axis("mean set IoU on val"),
    yaxis: axis(""),
  });
}

function drawAgainstChance(element, rows) {
  const level = (row) => Math.max(row.constant_mask_iou_val ?? 0, row.permuted_iou_val ?? 0);
  const end = 1.05 * Math.max(...rows.map((row) => Math.max(level(row), row.iou_val)), 0.05);
  const traces = byCategory(rows, (here) => ({
    x: here.map(level),
    y: here.map((row) => row.iou_val),
    marker: {
      color: colorOf(here[0].category),
      size: 10,
      symbol: here.map((row) => (row.encoded ? "circle" : "circle-open")),
      line: { width: 1.5 },
    },
    text: here.map(
      (row) =>
        `<b>${plain(row.concept)}</b><br>embedding ${score(row.iou_val)}<br>chance ${score(level(row))}<br>${row.encoded ? "above chance" : "not above chance"}`,
    ),
    hoverinfo: "text",
  }));
  draw(element, "Each concept's IoU against its strongest chance level; filled: above chance", traces, {
    height: 440,
    shapes: [diagonal(end)],
    xaxis: axis("IoU by chance", { range: [0, end] }),
    yaxis: axis("IoU of the embedding", { range: [0, end] }),
  });
  openOnClick(element);
}
