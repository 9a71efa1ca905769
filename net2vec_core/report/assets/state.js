// What is shown stands in the address after #, so that a link shows it to others.

const KEPT = ["layer", "recipe"]; // from one view to the next

function defaults() {
  return { view: "overview", layer: MAIN_LAYER, recipe: MAIN_RECIPE };
}

function state() {
  const found = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  const result = { ...defaults(), ...found };
  if (!layerOf(result.layer)) result.layer = MAIN_LAYER;
  if (!DATA.recipes.includes(result.recipe)) result.recipe = MAIN_RECIPE;
  if (!byId(result.view)?.matches("main > section")) result.view = "overview";
  return result;
}

function addressOf(values) {
  const usual = defaults();
  const told = Object.entries(values).filter(
    ([key, value]) => value !== "" && value != null && (key === "view" || value !== usual[key]),
  );
  return `#${new URLSearchParams(told)}`;
}

/** The address of another view, in the same layer and recipe unless told otherwise. */
function linkTo(view, changes = {}) {
  const now = state();
  return addressOf({ view, ...Object.fromEntries(KEPT.map((key) => [key, now[key]])), ...changes });
}

function go(view, changes) {
  location.hash = linkTo(view, changes);
}

/** Changes a part of what the view shows, without a step for the browser's Back. */
function adjust(changes) {
  history.replaceState(null, "", addressOf({ ...state(), ...changes }));
  show();
}

function linkToConcept(name, changes) {
  return h("a", { href: linkTo("concept", { concept: name, ...changes }) }, name);
}

function linkToFilter(number, text = String(number)) {
  return h("a", { href: linkTo("filter", { filter: number }) }, text);
}
