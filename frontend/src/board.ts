// A dashboard's panels and their data: one question for all that are in view, and for others when they come into view.

import { asked } from "./address";
import { ask, Unanswered } from "./asking";
import { Box } from "./box";
import type { Host, Range } from "./panels/painter";
import type { DashboardData, PanelView } from "./wire";

/** Pixels beyond the window's edge in which panels have their data already. */
const AHEAD = 300;
const SCROLLING_MILLISECONDS = 60;
/** Widths are rounded up, so that windows that hardly differ ask the same. */
const WIDTHS = 100;

interface Panel { section: HTMLElement; box: Box; view: PanelView | undefined }

/** What the page is told. */
export interface Listener {
  loaded(range: Range): void;
  failed(reason: string): void;
}

export class Board {
  private readonly panels = new Map<number, Panel>();
  private readonly seen = new Set<number>();
  /** Those that have what was asked last. */
  private readonly fresh = new Set<number>();
  private readonly views: Promise<void>;
  private pending = new AbortController();
  private scrolled: ReturnType<typeof setTimeout> | undefined;
  /** Questions that have no answer yet. */
  private open = 0;

  constructor(root: HTMLElement, private readonly uid: string, host: Host, views: Promise<readonly PanelView[]>, private readonly listener: Listener) {
    for (const section of root.querySelectorAll<HTMLElement>("[data-panel]")) {
      const body = section.querySelector<HTMLElement>(".body");
      if (body) this.panels.set(Number(section.dataset["panel"]), { section, box: new Box(section, body, host), view: undefined });
    }
    this.views = views.then((all) => { for (const view of all) this.take(view); });
    this.views.catch(() => {}); // The page says it.
    this.watch();
  }

  /** Ask again for what is in view: with `anew` for something else than before, else only where nothing is asked yet. */
  load(anew = false): void {
    if (this.open > 0 && !anew) return;
    this.pending.abort();
    this.pending = new AbortController();
    this.fresh.clear();
    for (const { box } of this.panels.values()) box.busy(false);
    void this.loadMissing();
  }

  /** Draw everything again, in other colours. */
  redraw(): void {
    for (const { box } of this.panels.values()) box.again();
  }

  private take(view: PanelView): void {
    const panel = this.panels.get(view.id);
    if (panel) panel.view = view;
  }

  private watch(): void {
    const observer = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const id = Number((target as HTMLElement).dataset["panel"]);
        if (isIntersecting) this.seen.add(id);
        else this.seen.delete(id);
      }
      clearTimeout(this.scrolled);
      this.scrolled = setTimeout(() => void this.loadMissing(), this.fresh.size === 0 ? 0 : SCROLLING_MILLISECONDS);
    }, { rootMargin: `${AHEAD}px 0px` });
    for (const { section } of this.panels.values()) observer.observe(section);
  }

  private async loadMissing(): Promise<void> {
    const wanted = [...this.seen].filter((id) => !this.fresh.has(id)).sort((one, other) => one - other);
    if (wanted.length === 0) return;
    for (const id of wanted) {
      this.fresh.add(id);
      this.panels.get(id)?.box.busy(true);
    }
    const { signal } = this.pending;
    this.open += 1;
    try {
      const data = await ask<DashboardData>(this.address(wanted), signal);
      await this.views;
      if (!signal.aborted) this.show(wanted, data);
    } catch (error) {
      if (!signal.aborted) this.fail(wanted, error);
    } finally {
      this.open -= 1;
    }
  }

  private show(wanted: readonly number[], { start, end, panels, marks }: DashboardData): void {
    const range = { start, end };
    for (const id of wanted) {
      const panel = this.panels.get(id);
      const data = panels[id];
      if (panel?.view && data) panel.box.show(panel.view, data, range, marks);
      else panel?.box.fail("This panel is not part of the dashboard any more: load the page again.");
    }
    this.listener.loaded(range);
  }

  private fail(wanted: readonly number[], error: unknown): void {
    const reason = error instanceof Unanswered ? error.message : `The picture could not be drawn: ${String(error)}`;
    for (const id of wanted) {
      this.fresh.delete(id);
      this.panels.get(id)?.box.outdate(reason);
    }
    this.listener.failed(reason);
  }

  private address(wanted: readonly number[]): string {
    const query = asked();
    const widest = Math.max(...[...this.panels.values()].map(({ section }) => section.clientWidth), WIDTHS);
    query.set("width", String(Math.ceil(widest / WIDTHS) * WIDTHS));
    query.set("panels", wanted.join(","));
    return `/d/${encodeURIComponent(this.uid)}/data?${query}`;
  }
}
