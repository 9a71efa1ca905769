// Charts by Plotly, in the page's colours.

const CONFIG = { displayModeBar: false, responsive: true, typesetMath: false };

function css(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A name as Plotly shows it: Plotly would read tags and entities in it. */
function plain(name) {
  return String(name).replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The name, or its beginning and an ellipsis, where a chart has no room for all of it. */
function shortened(name, length = 24) {
  const letters = [...String(name)];
  return plain(letters.length <= length ? name : `${letters.slice(0, length - 1).join("").trimEnd()}…`);
}

function axis(title, changes = {}) {
  const line = css("line");
  return {
    title: { text: title, standoff: 8 },
    gridcolor: line,
    zerolinecolor: line,
    linecolor: line,
    automargin: true,
    ...changes,
  };
}

/** Draws a chart; `words` say what it shows to those who do not see it. */
function draw(element, words, traces, layout) {
  const ink = css("ink");
  const common = {
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    font: { color: ink, family: getComputedStyle(document.body).fontFamily, size: 12 },
    margin: { l: 50, r: 14, t: 14, b: 44 },
    hoverlabel: { bgcolor: css("card"), bordercolor: css("line"), font: { color: ink }, align: "left" },
    legend: { orientation: "h", y: 1.02, yanchor: "bottom", x: 0 },
    hovermode: "closest",
  };
  element.setAttribute("role", "img");
  element.setAttribute("aria-label", words);
  Plotly.react(element, traces, { ...common, ...layout }, CONFIG);
}

/** Lets go of the charts within an element, before it is filled anew. */
function forgetCharts(element) {
  element.querySelectorAll(".js-plotly-plot").forEach((chart) => Plotly.purge(chart));
}

/** Opens the concept of a point that is clicked; the point's customdata holds its name. */
function openOnClick(element) {
  element.removeAllListeners?.("plotly_click");
  element.on("plotly_click", ({ points }) => {
    if (points[0].customdata != null) go("concept", { concept: points[0].customdata });
  });
}

/** One trace of points a category, so that the legend hides and shows categories. */
function byCategory(rows, trace) {
  const categories = Object.keys(DATA.colors).filter((name) => rows.some((row) => row.category === name));
  return categories.map((category) => {
    const here = rows.filter((row) => row.category === category);
    return {
      type: "scatter",
      mode: "markers",
      name: plain(category),
      marker: { color: colorOf(category), size: 9, line: { color: css("card"), width: 1 } },
      customdata: here.map((row) => row.concept),
      ...trace(here),
    };
  });
}

/** Bars from `low` to `high` of rows with a `value`. */
function errorBars(rows) {
  const length = (from, to) => (from == null || to == null ? 0 : to - from);
  return {
    type: "data",
    symmetric: false,
    thickness: 1.5,
    width: 0,
    array: rows.map((row) => length(row.value, row.high)),
    arrayminus: rows.map((row) => length(row.low, row.value)),
  };
}

function diagonal(end) {
  return { type: "line", x0: 0, y0: 0, x1: end, y1: end, line: { color: css("soft"), width: 1, dash: "dash" } };
}
