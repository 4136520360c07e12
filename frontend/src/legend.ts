// The names of a chart's lines, and their numbers: a click shows one alone, with Ctrl it is added or taken away.

import { calculated, type Calculated } from "./numbers";
import { element } from "./tools";
import { swatch } from "./tooltip";
import { format } from "./units";
import type { PanelView, Series } from "./wire";

type Key = "name" | keyof Calculated;

const COLUMNS: readonly (keyof Calculated)[] = ["mean", "max", "last"];

interface Row { at: number; name: string; color: string; numbers: Calculated }

export class Legend {
  private readonly place: HTMLElement;
  private readonly view: PanelView;
  private readonly changed: (shown: ReadonlySet<string>) => void;
  private rows: Row[] = [];
  private sorted: { key: Key; down: boolean } | undefined;
  /** Names; empty for all. */
  private chosen = new Set<string>();
  /** The cells of each line's numbers, by its place, and what they were drawn for. */
  private readonly cells = new Map<number, HTMLTableCellElement[]>();
  private drawn = "";

  /** `changed` is told the names that are shown alone; none for all. */
  constructor(place: HTMLElement, view: PanelView, changed: (shown: ReadonlySet<string>) => void) {
    this.place = place;
    this.view = view;
    this.changed = changed;
    place.className = `legend ${view.legend}`;
  }

  /** Tell whether a line is drawn. */
  shows(name: string): boolean {
    return this.chosen.size === 0 || this.chosen.has(name);
  }

  update(series: readonly Series[], colors: readonly string[]): void {
    this.rows = series.map(({ name, values }, at) => ({ at, name, color: colors[at] ?? "", numbers: calculated(values) }));
    if ([...this.chosen].every((name) => !series.some((one) => one.name === name))) this.chosen.clear();
    const wanted = [...this.ordered().map(({ name }) => name), ...colors].join("\n");
    if (wanted !== this.drawn) this.draw();
    else for (const row of this.rows) this.write(row);
    this.drawn = wanted;
  }

  private draw(): void {
    if (this.view.legend === "hidden") return;
    const focused = this.place.contains(document.activeElement) ? document.activeElement?.textContent : undefined;
    const top = this.place.scrollTop;
    this.place.replaceChildren(this.view.legend === "table" ? this.table() : this.list());
    this.place.scrollTop = top;
    if (!focused) return;
    [...this.place.querySelectorAll("button")].find((one) => one.textContent === focused)?.focus({ preventScroll: true });
  }

  private list(): HTMLElement {
    const list = element("ul");
    for (const row of this.rows) {
      const item = element("li");
      item.append(this.button(row));
      list.append(item);
    }
    return list;
  }

  private table(): HTMLElement {
    const table = element("table");
    const head = table.createTHead().insertRow();
    for (const key of ["name", ...COLUMNS] as const) head.append(this.heading(key));
    const body = table.createTBody();
    for (const row of this.ordered()) {
      const line = body.insertRow();
      line.classList.toggle("off", !this.shows(row.name));
      const first = element("th");
      first.scope = "row";
      first.append(this.button(row));
      line.append(first);
      this.cells.set(row.at, COLUMNS.map(() => line.insertCell()));
      this.write(row);
    }
    return table;
  }

  private write(row: Row): void {
    this.cells.get(row.at)?.forEach((cell, at) => {
      const text = format(row.numbers[COLUMNS[at] ?? "last"], this.view.unit, this.view.decimals);
      if (cell.textContent !== text) cell.textContent = text;
    });
  }

  private heading(key: Key): HTMLElement {
    const cell = element("th");
    cell.scope = "col";
    const active = this.sorted?.key === key;
    if (active) cell.setAttribute("aria-sort", this.sorted?.down ? "descending" : "ascending");
    const button = element("button", "", key);
    button.type = "button";
    button.addEventListener("click", () => {
      this.sorted = { key, down: active ? !this.sorted?.down : key !== "name" };
      this.draw();
    });
    cell.append(button);
    return cell;
  }

  private ordered(): Row[] {
    const by = this.sorted;
    if (!by) return this.rows;
    const { key } = by;
    const order = key === "name"
      ? (one: Row, other: Row) => one.name.localeCompare(other.name, "en", { numeric: true })
      : (one: Row, other: Row) => (one.numbers[key] ?? -Infinity) - (other.numbers[key] ?? -Infinity);
    return [...this.rows].sort((one, other) => (by.down ? order(other, one) : order(one, other)));
  }

  private button(row: Row): HTMLButtonElement {
    const button = element("button");
    button.type = "button";
    button.title = row.name;
    button.setAttribute("aria-pressed", String(this.chosen.has(row.name)));
    button.classList.toggle("off", !this.shows(row.name));
    button.append(swatch(row.color), element("span", "", row.name || "value"));
    button.addEventListener("click", (event) => this.choose(row.name, event.ctrlKey || event.metaKey || event.shiftKey));
    return button;
  }

  private choose(name: string, more: boolean): void {
    const alone = this.chosen.size === 1 && this.chosen.has(name);
    if (!more) this.chosen = alone ? new Set() : new Set([name]);
    else if (this.chosen.size === 0) this.chosen = new Set(this.rows.map((row) => row.name).filter((one) => one !== name));
    else if (!this.chosen.delete(name)) this.chosen.add(name);
    if (this.chosen.size === this.rows.length) this.chosen.clear();
    this.draw();
    this.changed(this.chosen);
  }
}
