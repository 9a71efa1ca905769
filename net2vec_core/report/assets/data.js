// What the page knows: the run's tables, column by column as in its CSVs, and its pictures.

const DATA = JSON.parse(byId("data").textContent);

const MAIN_LAYER = DATA.main;
const MAIN_RECIPE = DATA.recipes[0];

/** A table's rows as objects, made when they are first asked for. */
const rowsOf = (() => {
  const known = new WeakMap();
  return (table) => {
    if (!known.has(table)) {
      const names = Object.keys(table);
      const length = names.length ? table[names[0]].length : 0;
      const row = (i) => Object.fromEntries(names.map((name) => [name, table[name][i]]));
      known.set(
        table,
        Array.from({ length }, (_, i) => row(i)),
      );
    }
    return known.get(table);
  };
})();

/** The rows of a table under each value of a column. */
const rowsBy = (() => {
  const known = new WeakMap();
  return (table, column) => {
    if (!known.has(table)) known.set(table, new Map());
    const groups = known.get(table);
    if (!groups.has(column)) {
      const found = new Map();
      for (const row of rowsOf(table)) {
        if (!found.has(row[column])) found.set(row[column], []);
        found.get(row[column]).push(row);
      }
      groups.set(column, found);
    }
    return groups.get(column);
  };
})();

const CONCEPTS = new Map(rowsOf(DATA.concepts).map((row) => [row.name, row]));

function layerOf(key) {
  return DATA.layers.find((layer) => layer.key === key);
}

function nameOf(layer) {
  return `${layer.network} · ${layer.layer}`;
}

function colorOf(category) {
  return DATA.colors[category] ?? "#888888";
}

/** The rows of a concept in a layer's table. */
function ofConcept(layer, table, concept) {
  return rowsBy(layer.tables[table], "concept").get(concept) ?? [];
}

/** Those of a recipe, and of the run's first seed. */
function ofRecipe(rows, recipe) {
  return rows.filter((row) => row.recipe === recipe && row.seed === DATA.seed);
}

/** One row a concept, of one recipe: its scores with their intervals, filters needed, and whether it is above chance. */
const scoresOf = (() => {
  const known = new Map();
  return (layer, recipe) => {
    const key = `${layer.key} ${recipe}`;
    if (!known.has(key))
      known.set(
        key,
        ofRecipe(rowsOf(layer.tables.segmentation), recipe).map((row) => withMore(layer, row)),
      );
    return known.get(key);
  };
})();

function withMore(layer, row) {
  const single = ofConcept(layer, "single_filter", row.concept)[0] ?? {};
  const subsets = ofConcept(layer, "subsets", row.concept).find(({ task }) => task === "segmentation") ?? {};
  const evidence = ofRecipe(ofConcept(layer, "significance", row.concept), row.recipe)[0] ?? {};
  return {
    ...row,
    layer: layer.key,
    single_iou_val_low: single.iou_val_low,
    single_iou_val_high: single.iou_val_high,
    filters_80: subsets.filters_80,
    encoded: evidence.encoded,
    mean_coverage: CONCEPTS.get(row.concept)?.mean_coverage,
  };
}
