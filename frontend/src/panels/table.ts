// Labels and values in rows: the queries' series with equal labels are one row.

import { valueColor } from "../colors";
import { lastOf, worded } from "../numbers";
import { element } from "../tools";
import type { Column, PanelData, PanelView } from "../wire";
import { plainPicture, type Painter } from "./painter";

const MOST_ROWS = 500;

type Cell = string | number | null;
export interface Rows { columns: Column[]; rows: Cell[][] }

/** Draw a panel of rows; a click on a heading sorts by it. */
export const table: Painter = (place, view) => {
  let sorted: { at: number; down: boolean } | undefined;
  let last: PanelData | undefined;
  place.classList.add("tabled");
  const picture = plainPicture(place, (data) => {
    last = data;
    return [drawn(rowsOf(data, view.columns), view, sorted, sort)];
  });
  const sort = (at: number, down: boolean) => {
    sorted = { at, down };
    if (!last) return;
    picture.update(last, { start: 0, end: 0 }, []);
    place.querySelectorAll<HTMLElement>("thead button")[at]?.focus();
  };
  return picture;
};

/** Return the rows of a table; without `wanted` columns there is one for each label, and each query's value. */
export function rowsOf(data: PanelData, wanted: readonly Column[]): Rows {
  const joined = new Map<string, { labels: Record<string, string>; values: Map<string, number | null> }>();
  for (const { labels, ref, values } of data.series) {
    const { __name__: _name, ...rest } = labels;
    const key = JSON.stringify(Object.entries(rest).sort());
    const row = joined.get(key) ?? { labels: rest, values: new Map() };
    joined.set(key, row);
    row.values.set(ref, lastOf(values));
  }
  const columns = wanted.length > 0 ? [...wanted] : everyColumn(data);
  const rows = [...joined.values()].map(({ labels, values }) => columns.map(({ source }): Cell =>
    (isValue(source) ? values.get(refOf(source)) ?? null : labels[source] ?? "")));
  return { columns, rows };
}

function isValue(source: string): boolean {
  return /^Value( |$)/.test(source);
}

function refOf(source: string): string {
  return source.replace(/^Value ?#?/, "") || "A";
}

function everyColumn(data: PanelData): Column[] {
  const labels = new Set(data.series.flatMap((one) => Object.keys(one.labels)));
  labels.delete("__name__");
  const refs = [...new Set(data.series.map((one) => one.ref))];
  return [
    ...[...labels].sort().map((source) => ({ source, title: source })),
    ...refs.map((ref) => ({ source: `Value ${ref}`, title: refs.length > 1 ? `Value ${ref}` : "Value" })),
  ];
}

type Sorted = { at: number; down: boolean } | undefined;

function drawn(found: Rows, view: PanelView, sorted: Sorted, sort: (at: number, down: boolean) => void): HTMLElement {
  const made = element("table", "data");
  const head = made.createTHead().insertRow();
  found.columns.forEach((column, at) => head.append(heading(column, at, sorted, sort)));
  const body = made.createTBody();
  for (const row of ordered(found.rows, sorted).slice(0, MOST_ROWS)) {
    const line = body.insertRow();
    row.forEach((cell, at) => fill(line.insertCell(), cell, isValue(found.columns[at]?.source ?? ""), view));
  }
  return made;
}

function heading(column: Column, at: number, sorted: Sorted, sort: (at: number, down: boolean) => void): HTMLElement {
  const cell = element("th", isValue(column.source) ? "number" : "");
  cell.scope = "col";
  const active = sorted?.at === at;
  if (active) cell.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
  const button = element("button", "", column.title);
  button.type = "button";
  button.addEventListener("click", () => sort(at, active ? !sorted.down : isValue(column.source)));
  cell.append(button);
  return cell;
}

function fill(cell: HTMLTableCellElement, value: Cell, isNumber: boolean, view: PanelView): void {
  if (!isNumber) {
    cell.textContent = String(value ?? "");
    return;
  }
  const number = typeof value === "number" ? value : null;
  cell.className = "number";
  cell.textContent = worded(number, view);
  const color = valueColor(number, view.thresholds, view.mappings);
  if (color) cell.style.color = color;
}

function ordered(rows: readonly Cell[][], sorted: Sorted): readonly Cell[][] {
  if (!sorted) return rows;
  const order = (one: Cell[], other: Cell[]) => compared(one[sorted.at] ?? null, other[sorted.at] ?? null);
  return [...rows].sort((one, other) => (sorted.down ? order(other, one) : order(one, other)));
}

function compared(one: Cell, other: Cell): number {
  if (typeof one === "string" || typeof other === "string") {
    return String(one ?? "").localeCompare(String(other ?? ""), "en", { numeric: true });
  }
  return (one ?? -Infinity) - (other ?? -Infinity);
}
