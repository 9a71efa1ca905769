// Embeddings as vectors: cosines, nearest concepts, and sums such as grass + blue − green.

const SIGNS = { "+": 1, "-": -1, "−": -1 };

/** A layer's embeddings: names, weights by row, and unit vectors by row. */
const vectorsOf = (() => {
  const known = new Map();
  return (layer) => {
    if (!known.has(layer.key)) {
      const bytes = Uint8Array.from(atob(layer.embeddings.weights), (letter) => letter.charCodeAt(0));
      const all = new Float32Array(bytes.buffer);
      const names = layer.embeddings.concepts;
      const weights = names.map((_, row) => all.subarray(row * layer.filters, (row + 1) * layer.filters));
      known.set(layer.key, { names, weights, unit: weights.map(unitVector) });
    }
    return known.get(layer.key);
  };
})();

/** A vector divided by its length; one of zeros stays one. */
function unitVector(vector) {
  const length = Math.sqrt(dot(vector, vector)) || 1;
  return Float64Array.from(vector, (value) => value / length);
}

function dot(one, other) {
  let sum = 0;
  for (let i = 0; i < one.length; i++) sum += one[i] * other[i];
  return sum;
}

/**
 * What a text such as "grass + blue - green = sky" means: {terms: name → how often it is taken, expected}.
 *
 * Names may hold spaces and signs: of several that fit, the longest is meant. Throws an Error that says what is wrong.
 */
function parseSum(text, names) {
  let rest = text.trim();
  const terms = new Map();
  if (!(rest[0] in SIGNS)) rest = `+${rest}`;
  while (rest[0] in SIGNS) {
    const after = rest.slice(1).trimStart();
    const name = leadingName(after, names);
    terms.set(name, (terms.get(name) ?? 0) + SIGNS[rest[0]]);
    rest = after.slice(name.length).trimStart();
  }
  const expected = rest.slice(1).trim();
  if (expected && !names.includes(expected)) throw unknown(expected);
  return { terms, expected };
}

function leadingName(text, names) {
  const fits = (name) => text.startsWith(name) && /^\s*([+\-−=]|$)/.test(text.slice(name.length));
  const found = names.filter(fits).sort((one, other) => other.length - one.length)[0];
  if (found !== undefined) return found;
  throw unknown(text.split(/\s[+\-−]\s|=/)[0].trim());
}

function unknown(name) {
  return new Error(name ? `No concept “${name}” has an embedding in this layer.` : "A concept is missing.");
}

/** Every concept but the terms by its cosine with the sum of the terms' unit vectors, the nearest first. */
function nearestTo(terms, { names, unit }) {
  const sum = new Float64Array(unit[0].length);
  for (const [name, times] of terms) {
    unit[names.indexOf(name)].forEach((value, i) => (sum[i] += times * value));
  }
  const length = Math.sqrt(dot(sum, sum)) || 1;
  return names
    .map((concept, row) => ({ concept, cosine: dot(unit[row], sum) / length }))
    .filter(({ concept }) => !terms.has(concept))
    .sort((one, other) => other.cosine - one.cosine);
}

/** A concept's filters by the size of their weight, the largest first: {filter, weight}. */
function heaviestFilters(layer, concept) {
  const { names, weights } = vectorsOf(layer);
  const row = weights[names.indexOf(concept)];
  return Array.from(row, (weight, filter) => ({ filter, weight })).sort(
    (one, other) => Math.abs(other.weight) - Math.abs(one.weight),
  );
}

/** A table of concepts and cosines. */
function fillNeighbours(element, caption, rows) {
  const columns = [
    { key: "concept", label: "Concept", text: true, show: (row) => linkToConcept(row.concept) },
    { key: "category", label: "Category", text: true, show: (row) => categoryMark(CONCEPTS.get(row.concept).category) },
    {
      key: "cosine",
      label: "Cosine",
      show: (row) =>
        h(
          "span",
          { class: "measure", "--share": Math.max(0, row.cosine), "--tint": "var(--embedding)" },
          cosine(row.cosine),
        ),
    },
  ];
  fillTable(element, { caption, columns, rows });
}
