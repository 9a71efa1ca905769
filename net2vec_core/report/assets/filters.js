// Filters: what each answers to, and which concepts use it.

const PREVIEWED = [4, 6, 8, 10]; // places of deciles 40, 60, 80 and 100

function startFilters() {
  byId("filter-search").addEventListener("input", (event) => adjust({ q: event.target.value }));
}

function filterRows(layer) {
  const units = rowsBy(layer.tables.units, "filter");
  const thresholds = rowsBy(layer.tables.thresholds, "filter");
  return rowsOf(layer.tables.filter_overlap).map((row) => ({
    ...units.get(row.filter)[0],
    ...thresholds.get(row.filter)[0],
    ...row,
  }));
}

function filterColumns(layer) {
  const images = rowsBy(layer.tables.filter_deciles, "filter");
  const preview = ({ filter }) =>
    h(
      "span",
      { class: "minis" },
      PREVIEWED.map((place) => filterTile(layer, images.get(filter)[place], place, images.get(filter).length)),
    );
  return [
    { key: "filter", label: "Filter", text: true, show: (row) => linkToFilter(row.filter) },
    { key: "images", label: "At deciles 40, 60, 80, 100", text: true, fixed: true, show: preview },
    { key: "top_for", label: "Used by", title: `concepts among whose ${DATA.top} filters of largest weight it is` },
    { key: "best_for", label: "Best for", title: "concepts whose best single filter it is" },
    {
      key: "concept",
      label: "Detects",
      text: true,
      title: "concept of largest IoU over all images annotated for its category",
      show: (row) => (row.concept ? [linkToConcept(row.concept), row.detector ? "" : " (weakly)"] : NOTHING),
    },
    { key: "iou", label: "IoU", show: (row) => score(row.iou) },
    { key: "threshold", label: "Threshold", show: (row) => significant(row.threshold) },
    { key: "maximum", label: "Maximum", show: (row) => significant(row.maximum) },
  ];
}

function showFilters({ layer: key, q = "", sort = "-top_for" }) {
  const layer = layerOf(key);
  setValue(byId("filter-search"), q);
  const every = filterRows(layer);
  const wanted = q.trim().toLowerCase();
  const matches = (row) =>
    String(row.filter) === wanted ||
    [row.concept, row.concepts, row.top_concepts].some((names) => names?.toLowerCase().includes(wanted));
  const rows = wanted ? every.filter(matches) : every;
  byId("filter-count").textContent = `${rows.length} of ${every.length} filters`;
  fillTable(byId("filter-table"), {
    caption: `Filters of ${nameOf(layer)}`,
    columns: filterColumns(layer),
    rows,
    sort,
    limit: 40,
    onSort: (next) => resort(next, "#filter-table"),
  });
}

function showFilter({ layer: key, filter }) {
  const layer = layerOf(key);
  const number_ = Number(filter);
  const row = filterRows(layer).find((one) => one.filter === number_);
  const section = byId("filter");
  forgetCharts(section);
  if (!row) {
    fill(
      section,
      h("h1", { id: "filter-title", tabindex: -1 }, "No such filter"),
      h("p", {}, h("a", { href: linkTo("filters") }, "All filters of this layer")),
    );
    return;
  }
  const step = (by, words) =>
    h("a", { href: linkTo("filter", { filter: (number_ + by + layer.filters) % layer.filters }) }, words);
  const images = rowsBy(layer.tables.filter_deciles, "filter").get(number_);
  fill(
    section,
    h(
      "p",
      { class: "crumbs" },
      h("a", { href: linkTo("filters") }, "← All filters"),
      h("span", { class: "push" }, step(-1, "previous")),
      step(1, "next"),
    ),
    h("h1", { id: "filter-title", tabindex: -1 }, `Filter ${number_}`),
    h(
      "p",
      { class: "lead" },
      `Of ${nameOf(layer)}. It counts as active above ${significant(row.threshold)}, as ${share(row.share_above)} of its activations are; its largest is ${significant(row.maximum)}.`,
    ),
    h(
      "dl",
      { class: "numbers" },
      number(
        "Detects",
        row.concept ? linkToConcept(row.concept) : NOTHING,
        `IoU ${score(row.iou)}, ${row.detector ? "a detector" : "below 0.04, so no detector"}`,
      ),
      number("Concepts that use it", row.top_for, `among their ${DATA.top} of largest weight`),
      number("Best single filter of", row.best_for, "concepts"),
    ),
    card(
      "Images at the deciles of its maximum",
      h(
        "p",
        { class: "note" },
        "From the image that it answers to least to the one it answers to most; coloured: where it is active.",
      ),
      h(
        "div",
        { class: "gallery" },
        images.map((image, place) => filterFigure(layer, image, place, images.length)),
      ),
    ),
    h(
      "div",
      { class: "columns" },
      card("Weights in embeddings", h("div", { class: "chart", id: "filter-weights" })),
      card("Concepts that use it", h("div", { id: "filter-users" })),
    ),
  );
  fillUsers(byId("filter-users"), layer, number_);
  drawUsers(byId("filter-weights"), layer, number_);
}

function filterFigure(layer, row, place, count) {
  return h(
    "figure",
    {},
    filterTile(layer, row, place, count),
    h("figcaption", {}, h("b", {}, `${row.decile} %`), ` · ${significant(row.maximum)}`),
  );
}

/** Every concept's weight of a filter, the largest first, and whether the concept uses it. */
function usersOf(layer, filter) {
  const { names, weights } = vectorsOf(layer);
  const best = new Map(rowsOf(layer.tables.single_filter).map((row) => [row.concept, row]));
  const top = Math.min(layer.sharing.top, layer.filters);
  return names
    .map((concept, row) => {
      const rank =
        1 +
        weights[row].reduce(
          (before, weight, other) =>
            before +
            (Math.abs(weight) > Math.abs(weights[row][filter]) ||
              (Math.abs(weight) === Math.abs(weights[row][filter]) && other < filter)),
          0,
        );
      const single = best.get(concept)?.filter === filter;
      return {
        concept,
        weight: weights[row][filter],
        rank,
        uses: rank <= top,
        single,
        iou_val: single ? best.get(concept).iou_val : null,
      };
    })
    .sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
}

function fillUsers(element, layer, filter) {
  const rows = usersOf(layer, filter).filter((row) => row.uses || row.single);
  const columns = [
    { key: "concept", label: "Concept", text: true, show: (row) => linkToConcept(row.concept) },
    { key: "weight", label: "Weight", show: (row) => row.weight.toFixed(4).replace("-", "−") },
    { key: "rank", label: "Rank", title: "of its absolute weight among all filters" },
    {
      key: "iou_val",
      label: "IoU alone",
      title: "where it is the concept's best single filter",
      show: (row) => score(row.iou_val),
    },
  ];
  if (rows.length) fillTable(element, { caption: `Recipe ${MAIN_RECIPE}`, columns, rows });
  else fill(element, h("p", {}, "None."));
}

function drawUsers(element, layer, filter) {
  const rows = usersOf(layer, filter).slice(0, TOP_FILTERS_SHOWN);
  const trace = {
    type: "bar",
    orientation: "h",
    x: rows.map(({ weight }) => weight),
    y: rows.map(({ concept }) => plain(concept)),
    customdata: rows.map(({ concept }) => concept),
    marker: { color: rows.map(({ concept }) => colorOf(CONCEPTS.get(concept).category)) },
    hovertemplate: "%{y}: %{x:.4f}<extra></extra>",
  };
  draw(element, `Concepts with the largest weights of filter ${filter}`, [trace], {
    height: 420,
    xaxis: axis("weight"),
    yaxis: axis("", { autorange: "reversed", dtick: 1, type: "category" }),
  });
  openOnClick(element);
}
