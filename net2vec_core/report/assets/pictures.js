// Small images with masks over them; which masks, and how strong, is set once for the whole page.

const OVERLAYS = { labelled: "labelled", filter: "best single filter", embedding: "embedding" };
const shownOverlays = { labelled: true, filter: false, embedding: true, opacity: 0.9 };

function pictureOf(path) {
  if (DATA.pictures) return DATA.pictures[path];
  return `pictures/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** An image; `strips` are [path, class] of pictures that hold `count` masks side by side, of which the one at `place` lies over it. */
function tile(image, words, strips = [], place = 0, count = 1) {
  const over = strips.map(([path, kind]) => {
    const strip = h("span", { class: `strip ${kind}` });
    strip.style.backgroundImage = `url("${pictureOf(path)}")`;
    strip.style.backgroundSize = `${100 * count}% 100%`;
    strip.style.backgroundPosition = `${count > 1 ? (100 * place) / (count - 1) : 0}% 0`;
    return strip;
  });
  return h(
    "span",
    { class: "tile" },
    h("img", {
      src: pictureOf(`images/${image}.webp`),
      alt: words,
      title: DATA.paths[image],
      loading: DATA.pictures ? null : "lazy",
    }),
    over,
  );
}

/**
 * A concept's images at the deciles of its IoU by the first recipe: {image, iou_single, iou_multi, low, high, place, count}.
 *
 * iou_multi is that of the recipe asked for.
 */
function exampleRows(layer, concept, recipe) {
  const found = new Map(
    ofConcept(layer, "example_iou", concept)
      .filter((row) => row.recipe === recipe)
      .map((row) => [row.image, row]),
  );
  const examples = new Map();
  for (const row of ofConcept(layer, "concept_deciles", concept)) {
    if (!examples.has(row.image)) examples.set(row.image, { ...row, low: row.decile, place: examples.size });
    examples.get(row.image).high = row.decile;
  }
  const of = (image) => ({ iou_multi: found.get(image)?.iou_multi, count: examples.size });
  return [...examples.values()].map((example) => ({ ...example, ...of(example.image) }));
}

/** The example that stands for a decile. */
function exampleAt(layer, concept, recipe, decile) {
  return exampleRows(layer, concept, recipe).find(({ low, high }) => low <= decile && decile <= high);
}

function exampleTile(layer, concept, recipe, example) {
  const number = CONCEPTS.get(concept).concept_id;
  const name = (kind) => (kind === "embedding" ? `${kind}-${recipe}` : kind);
  const strips = Object.keys(OVERLAYS).map((kind) => [`${layer.key}/concepts/${number}-${name(kind)}.png`, kind]);
  const words = `image ${example.image}, which holds ${concept}`;
  return tile(example.image, words, strips, example.place, example.count);
}

function filterTile(layer, row, place, count) {
  const words = `image ${row.image}, maximum ${significant(row.maximum)}`;
  return tile(row.image, words, [[`${layer.key}/filters/${row.filter}.png`, "always"]], place, count);
}

/** Controls of what lies over images. */
function overlayControls() {
  const toggle = (kind, words) =>
    h(
      "label",
      {},
      h("input", {
        type: "checkbox",
        checked: shownOverlays[kind],
        "data-overlay": kind,
        onchange: (event) => setOverlay(kind, event.target.checked),
      }),
      h("span", { class: "swatch", "--tint": `var(--${kind})` }),
      words,
    );
  const slider = h("input", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.05,
    value: shownOverlays.opacity,
    "data-overlay": "opacity",
    oninput: (event) => setOverlay("opacity", Number(event.target.value)),
  });
  return h(
    "fieldset",
    { class: "overlays", "aria-label": "What lies over the images" },
    Object.entries(OVERLAYS).map(([kind, words]) => toggle(kind, words)),
    h("label", {}, "opacity ", slider),
  );
}

function setOverlay(what, value) {
  shownOverlays[what] = value;
  for (const kind of Object.keys(OVERLAYS)) {
    document.documentElement.style.setProperty(`--${kind}-opacity`, shownOverlays[kind] ? shownOverlays.opacity : 0);
  }
}
