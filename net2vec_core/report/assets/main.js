// What is shown follows the address; everything starts here.

const VIEWS = {
  overview: showOverview,
  concepts: showConcepts,
  concept: showConcept,
  filters: showFilters,
  filter: showFilter,
  space: showSpace,
  layers: showLayers,
  chance: showChance,
  failures: showFailures,
};
const PARENTS = { concept: "concepts", filter: "filters" };
const THEMES = { auto: "◐", light: "☀", dark: "☾" };
let theme = "auto";

function show() {
  const now = state();
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== now.view;
  setValue(byId("layer"), now.layer);
  setValue(byId("recipe"), now.recipe);
  for (const link of document.querySelectorAll("nav a")) {
    link.href = linkTo(link.dataset.view);
    const here = link.dataset.view === (PARENTS[now.view] ?? now.view);
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  VIEWS[now.view](now);
}

/** Shows what a link leads to, from its top and with the keyboard there. */
function arrive() {
  show();
  window.scrollTo({ top: 0, behavior: "instant" });
  const title = byId(state().view).querySelector("h1");
  title?.focus({ preventScroll: true });
  document.title = `${title?.textContent ?? ""} · ${DATA.run} · net2vec`;
}

function setTheme(next) {
  theme = next;
  const dark = theme === "dark" || (theme === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.classList.toggle("dark", dark);
  byId("theme").textContent = THEMES[theme];
  byId("theme").title = `Look: ${theme}`;
}

function start() {
  setTheme("auto");
  byId("theme").addEventListener("click", () => {
    const names = Object.keys(THEMES);
    setTheme(names[(names.indexOf(theme) + 1) % names.length]);
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    setTheme(theme);
    show();
  });
  byId("layer").addEventListener("change", (event) => adjust({ layer: event.target.value }));
  byId("recipe").addEventListener("change", (event) => adjust({ recipe: event.target.value }));
  startConcepts();
  startFilters();
  startSpace();
  startLayers();
  window.addEventListener("hashchange", arrive);
  show();
}

start();
