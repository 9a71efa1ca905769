// Tables that sort by their headers.

const ROWS_AT_ONCE = 150;

/**
 * A table in place of what an element holds.
 *
 * columns: {key, label, title, show(row) → text or element, value(row) to sort by, text: whether it is words}.
 * sort: a column's key, with a "-" before it for falling values; onSort is told of another one.
 */
function fillTable(element, { caption, columns, rows, sort, onSort, limit = ROWS_AT_ONCE }) {
  const ordered = sortedRows(rows, columns, sort);
  const body = h(
    "tbody",
    {},
    ordered.slice(0, limit).map((row) => tableRow(row, columns)),
  );
  const head = h(
    "tr",
    {},
    columns.map((column) => headerCell(column, sort, onSort)),
  );
  const table = h("table", {}, h("caption", {}, caption), h("thead", {}, head), body);
  const rest = ordered.length - limit;
  const more = () => fillTable(element, { caption, columns, rows, sort, onSort, limit: limit + 4 * ROWS_AT_ONCE });
  fill(
    element,
    h("div", { class: "scroll framed", tabindex: 0, role: "region", "aria-label": caption }, table),
    rest > 0 && h("button", { type: "button", class: "more", onclick: more }, `Show more (${rest} are left)`),
  );
}

function sortedRows(rows, columns, sort) {
  const column = columns.find(({ key }) => key === sort?.replace(/^-/, ""));
  if (!column) return rows;
  const sign = sort.startsWith("-") ? -1 : 1;
  const value = column.value ?? ((row) => row[column.key]);
  return rows.toSorted((one, other) => compare(value(one), value(other), sign));
}

/** The order of two values; missing ones come last either way. */
function compare(one, other, sign) {
  if (one == null || other == null) return (one == null) - (other == null);
  return sign * (typeof one === "string" ? one.localeCompare(other, undefined, { numeric: true }) : one - other);
}

function headerCell(column, sort, onSort) {
  const at = sort === column.key ? "ascending" : sort === `-${column.key}` ? "descending" : null;
  const next = at === "descending" || (column.text && at === null) ? column.key : `-${column.key}`;
  const attributes = { scope: "col", class: column.text && "text", "aria-sort": at, title: column.title };
  const sorter = () =>
    h("button", { type: "button", "data-sort": column.key, onclick: () => onSort(next) }, column.label);
  return h("th", attributes, onSort && !column.fixed ? sorter() : column.label);
}

function tableRow(row, columns) {
  const cells = columns.map((column, place) => {
    const content = column.show ? column.show(row) : (row[column.key] ?? NOTHING);
    const attributes = { class: column.text && "text", "data-column": column.key };
    return place === 0 ? h("th", { scope: "row", ...attributes }, content) : h("td", attributes, content);
  });
  return h("tr", {}, cells);
}

function categoryMark(category) {
  return h("span", { class: "category", "--category": colorOf(category) }, category);
}

/** A score with a bar behind it, and its interval. */
function measure(value, low, high, tint) {
  const bar = h("span", { class: "measure", "--share": value ?? 0, "--tint": `var(--${tint})` }, score(value));
  const between = interval(low, high);
  return between ? [bar, " ", h("small", {}, between)] : [bar];
}

function gainMark(value) {
  return h("span", { class: value > 0 ? "better" : value < 0 ? "worse" : null }, signed(value));
}

function yesNo(value) {
  return value == null ? NOTHING : value ? "yes" : "no";
}
