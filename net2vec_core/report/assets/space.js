// The embedding space: a map, arithmetic, and what is known of relations.

const NAMED_AT_MOST = 120; // concepts on the map

function startSpace() {
  byId("arithmetic").addEventListener("submit", (event) => {
    event.preventDefault();
    adjust({ sum: byId("sum").value });
  });
}

function showSpace({ layer: key, sum }) {
  const layer = layerOf(key);
  const { names } = vectorsOf(layer);
  const examples = DATA.analogies.length ? DATA.analogies : [names.slice(0, 3).join(" + ")];
  const asked = sum ?? examples[0];
  setValue(byId("sum"), asked);
  fill(
    byId("concept-names"),
    names.map((name) => h("option", { value: name })),
  );
  fill(
    byId("sum-examples"),
    examples.map((text) => h("a", { href: linkTo("space", { sum: text }) }, text)),
  );
  const terms = fillSum(byId("sum-answer"), asked, layer);
  drawMap(byId("map"), layer, terms);
  fillRelations(byId("relations"), layer);
  fillAnalogies(byId("analogies"), layer);
}

/** Writes the answer to a sum, or what is wrong with it; gives the names that take part. */
function fillSum(element, text, layer) {
  try {
    const { terms, expected } = parseSum(text, layer.embeddings.concepts);
    const rows = nearestTo(terms, vectorsOf(layer));
    const table = h("div");
    fillNeighbours(table, `Nearest to ${text}`, rows.slice(0, NEIGHBOURS_SHOWN));
    const rank = 1 + rows.findIndex(({ concept }) => concept === expected);
    fill(
      element,
      expected &&
        h(
          "p",
          {},
          "The expected answer ",
          h("b", {}, expected),
          rank ? ` is number ${rank} of ${rows.length}.` : " is one of the terms.",
        ),
      table,
    );
    return new Set([...terms.keys(), rows[0]?.concept]);
  } catch (error) {
    fill(element, h("p", { class: "error", role: "alert" }, error.message));
    return new Set();
  }
}

function drawMap(element, layer, marked) {
  const rows = rowsOf(layer.tables.map);
  const named = rows.length <= NAMED_AT_MOST;
  const points = byCategory(rows, (here) => ({
    mode: named ? "markers+text" : "markers",
    ...mapPoints(here),
    text: here.map((row) => (marked.has(row.concept) ? "" : shortened(row.concept))),
    textfont: { size: 10, color: css("soft") },
    hovertext: here.map((row) => `<b>${plain(row.concept)}</b><br>${plain(row.category)}, cluster ${row.cluster}`),
    hoverinfo: "text",
  }));
  const inSum = {
    type: "scatter",
    mode: "markers+text",
    ...mapPoints(rows.filter((row) => marked.has(row.concept))),
    textfont: { size: 12, color: css("ink") },
    marker: { symbol: "circle-open", size: 17, color: css("ink"), line: { width: 2 } },
    hoverinfo: "skip",
    showlegend: false,
  };
  draw(element, `Map of ${rows.length} concepts in ${nameOf(layer)}`, [...points, inSum], {
    height: Math.min(640, Math.max(400, 1.1 * element.clientWidth)),
    xaxis: axis("", { zeroline: false, automargin: false }),
    yaxis: axis("", { zeroline: false, automargin: false, scaleanchor: "x" }),
    dragmode: "pan",
  });
  openOnClick(element);
}

function mapPoints(rows) {
  const names = rows.map((row) => shortened(row.concept));
  return { x: rows.map((row) => row.x), y: rows.map((row) => row.y), text: names, textposition: "top center" };
}

function fillRelations(element, layer) {
  const columns = [
    { key: "kind", label: "Relation", text: true },
    { key: "pairs", label: "Pairs" },
    { key: "mean_cosine", label: "Mean cosine", show: (row) => cosine(row.mean_cosine) },
    { key: "other_cosine", label: "Of others", show: (row) => cosine(row.other_cosine) },
    { key: "mean_rank", label: "Mean rank", show: (row) => significant(row.mean_rank) },
    { key: "chance_rank", label: "By chance", show: (row) => significant(row.chance_rank) },
    {
      key: "rank_correlation",
      label: "Rank correlation with shared pixels",
      show: (row) => cosine(row.rank_correlation),
    },
    { key: "p_value", label: "p", show: (row) => probability(row.p_value) },
  ];
  fillTable(element, {
    caption: "Against names dealt to the embeddings at random",
    columns,
    rows: rowsOf(layer.tables.relation_summary),
  });
}

function fillAnalogies(element, layer) {
  const rows = rowsOf(layer.tables.analogies).filter((row) => row.rank === 1);
  if (!rows.length) {
    fill(element, h("p", {}, "None."));
    return;
  }
  const columns = [
    {
      key: "analogy",
      label: "Sum",
      text: true,
      show: (row) => h("a", { href: linkTo("space", { sum: row.analogy }) }, row.analogy),
    },
    { key: "neighbour", label: "Nearest", text: true, show: (row) => linkToConcept(row.neighbour) },
    { key: "cosine", label: "Cosine", show: (row) => cosine(row.cosine) },
    { key: "expected_rank", label: "Rank of the expected" },
    { key: "shuffled_rank", label: "With shuffled names", show: (row) => significant(row.shuffled_rank) },
    { key: "p_value", label: "p", show: (row) => probability(row.p_value) },
  ];
  fillTable(element, { caption: "The answer after = is the expected one", columns, rows });
}
