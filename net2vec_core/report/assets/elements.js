// Building the document: text that comes from data always becomes text, never markup.

/** An element with attributes (or `on…` listeners) and children: elements, texts, or nothing. */
function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name.startsWith("--")) element.style.setProperty(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child != null && child !== false));
  return element;
}

function byId(id) {
  return document.getElementById(id);
}

/** Puts children in place of those that an element has. */
function fill(element, ...children) {
  element.replaceChildren(...children.flat().filter((child) => child != null && child !== false));
}

const NOTHING = "–";

function decimals(digits) {
  return (value) => (value == null ? NOTHING : value.toFixed(digits).replace("-", "−"));
}

const score = decimals(3);
const cosine = decimals(3);

function signed(value) {
  return value == null ? NOTHING : (value > 0 ? "+" : "") + score(value);
}

function significant(value) {
  return value == null ? NOTHING : String(Number(value.toPrecision(3))).replace("-", "−");
}

function probability(value) {
  if (value == null) return NOTHING;
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

/** Such as "p = 0.012" or "p < 0.001". */
function told(name, value) {
  return value < 0.001 ? `${name} < 0.001` : `${name} = ${probability(value)}`;
}

function share(value) {
  return value == null ? NOTHING : `${significant(100 * value)} %`;
}

function interval(low, high) {
  return low == null || high == null ? null : `[${score(low)}, ${score(high)}]`;
}
