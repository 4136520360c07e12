// Charts on pages: `<figure class="chart" data-chart-url="/…">`, drawn from the wire.Chart at that address.

import { ask, Unanswered } from "./asking";
import { Box } from "./box";
import type { Range } from "./panels/painter";
import { element } from "./tools";
import type { Chart } from "./wire";

const REFRESH_MILLISECONDS = 30_000;
/** Widths are rounded up, so that windows that hardly differ ask the same. */
const WIDTHS = 100;

const figures = new Map<HTMLElement, Figure>();

/** Draw every chart in `root`; called for the page, and for a region that was renewed. */
export function attach(root: ParentNode): void {
  if (figures.size === 0) setInterval(refreshAll, REFRESH_MILLISECONDS);
  const found = [...root.querySelectorAll<HTMLElement>("[data-chart-url]")];
  if (root instanceof HTMLElement && root.matches("[data-chart-url]")) found.push(root);
  for (const place of found) {
    if (!figures.has(place)) figures.set(place, new Figure(place));
  }
}

document.addEventListener("themechange", () => { for (const figure of figures.values()) figure.box.again(); });
document.addEventListener("visibilitychange", refreshAll);

function refreshAll(): void {
  if (document.hidden) return;
  for (const [place, figure] of figures) {
    if (place.isConnected) void figure.load();
    else {
      figure.box.destroy();
      figures.delete(place);
    }
  }
}

/** The address of data, with a width, and the range that was dragged over. */
function addressed(address: string, width: number, zoomed: Range | undefined): string {
  const made = new URL(address, "http://here");
  made.searchParams.set("width", String(Math.ceil(width / WIDTHS) * WIDTHS));
  if (zoomed) {
    made.searchParams.set("from", String(Math.floor(zoomed.start * 1000)));
    made.searchParams.set("to", String(Math.ceil(zoomed.end * 1000)));
  }
  return made.pathname + made.search;
}

class Figure {
  readonly box: Box;
  private zoomed: Range | undefined;
  private pending: AbortController | undefined;

  constructor(private readonly place: HTMLElement) {
    const body = element("div", "body");
    const caption = place.querySelector("figcaption");
    place.replaceChildren(...(caption ? [caption] : []), body);
    this.box = new Box(place, body, {
      group: "page",
      thresholdsAlways: true,
      zoom: (range) => this.look(range),
      widen: () => this.look(undefined),
    });
    void this.load();
  }

  async load(): Promise<void> {
    this.pending?.abort();
    const pending = this.pending = new AbortController();
    this.box.busy(true);
    try {
      const address = addressed(this.place.dataset["chartUrl"] ?? "", this.place.clientWidth, this.zoomed);
      const { panel, data, marks } = await ask<Chart>(address, pending.signal);
      const last = data.start + data.step * Math.max(0, data.count - 1);
      this.box.show(panel, data, this.zoomed ?? { start: data.start, end: last }, marks);
    } catch (error) {
      if (error instanceof Unanswered) this.box.fail(error.message);
      else if (!pending.signal.aborted) throw error;
    }
  }

  private look(range: Range | undefined): void {
    if (!range && !this.zoomed) return;
    this.zoomed = range;
    void this.load();
  }
}
