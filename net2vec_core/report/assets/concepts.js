// All concepts in a table.

const CONCEPT_COLUMNS = [
  {
    key: "concept",
    label: "Concept",
    text: true,
    show: (row) => linkToConcept(row.concept, { layer: row.layer, recipe: row.recipe }),
  },
  { key: "category", label: "Category", text: true, show: (row) => categoryMark(row.category) },
  { key: "layer", label: "Layer", text: true, show: (row) => nameOf(layerOf(row.layer)) },
  { key: "recipe", label: "Recipe", text: true },
  {
    key: "single_iou_val",
    label: "One filter",
    title: "set IoU on val of the best single filter, with its 95 % interval",
    show: (row) => measure(row.single_iou_val, row.single_iou_val_low, row.single_iou_val_high, "filter"),
  },
  {
    key: "iou_val",
    label: "All filters",
    title: "set IoU on val of the embedding, with its 95 % interval",
    show: (row) => measure(row.iou_val, row.iou_val_low, row.iou_val_high, "embedding"),
  },
  { key: "gain", label: "Gain", title: "all filters less one filter", show: (row) => gainMark(row.gain) },
  {
    key: "q_value",
    label: "q",
    title: "false-discovery rate at which the gain counts",
    show: (row) => probability(row.q_value),
  },
  {
    key: "filters_80",
    label: "Filters for 80 %",
    title: `filters that reach 80 % of the full IoU (recipe ${MAIN_RECIPE})`,
  },
  {
    key: "encoded",
    label: "Above chance",
    show: (row) => yesNo(row.encoded),
    value: (row) => (row.encoded == null ? null : Number(row.encoded)),
  },
  { key: "val_images", label: "Val images" },
];

function startConcepts() {
  const categories = Object.keys(DATA.colors).map((name) => h("option", { value: name }, name));
  byId("concept-category").append(...categories);
  byId("concept-search").addEventListener("input", (event) => adjust({ q: event.target.value }));
  byId("concept-category").addEventListener("change", (event) => adjust({ category: event.target.value }));
  byId("concept-all").addEventListener("change", (event) => adjust({ all: event.target.checked ? "1" : "" }));
}

function showConcepts({ layer, recipe, q = "", category = "", sort = "-iou_val", all }) {
  setValue(byId("concept-search"), q);
  setValue(byId("concept-category"), category);
  byId("concept-all").checked = Boolean(all);
  const pairs = all
    ? DATA.layers.flatMap((one) => DATA.recipes.map((other) => [one, other]))
    : [[layerOf(layer), recipe]];
  const every = pairs.flatMap((pair) => scoresOf(...pair));
  const wanted = q.trim().toLowerCase();
  const rows = every.filter(
    (row) =>
      (!category || row.category === category) && `${row.concept}\n${row.category}`.toLowerCase().includes(wanted),
  );
  byId("concept-count").textContent = `${rows.length} of ${every.length} rows`;
  const caption = all
    ? "Concepts in all layers, by all recipes"
    : `Concepts in ${nameOf(layerOf(layer))}, recipe ${recipe}`;
  const columns = CONCEPT_COLUMNS.filter(({ key }) => all || !["layer", "recipe"].includes(key));
  fillTable(byId("concept-table"), { caption, columns, rows, sort, onSort: (next) => resort(next, "#concept-table") });
}

/** Sorts, and leaves the keyboard where it was. */
function resort(sort, table) {
  adjust({ sort });
  document.querySelector(`${table} [data-sort="${sort.replace(/^-/, "")}"]`)?.focus();
}

/** Sets what a control shows, unless it shows that already: the cursor stays where it is. */
function setValue(control, value) {
  if (control.value !== value) control.value = value;
}
