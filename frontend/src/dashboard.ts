// A dashboard's page: `<div id="dashboard" data-uid data-config>` with a section for each panel.

import { allTold, told, write } from "./address";
import * as alone from "./alone";
import { ask, Unanswered } from "./asking";
import { Board } from "./board";
import { moment } from "./moments";
import { addHead } from "./panelhead";
import type { Host, Range } from "./panels/painter";
import { enough, fixed, type Ends } from "./ranges";
import { Refreshing } from "./refreshing";
import { TimePicker } from "./timepicker";
import { element } from "./tools";
import { control } from "./variables";
import type { DashboardConfig } from "./wire";

const STEP = 0.5;

class Page {
  private range: Range | undefined;
  private config: DashboardConfig | undefined;
  private readonly tools = element("div", "dashboard-tools");
  private readonly chosen = element("div", "variables");
  private readonly status = element("p", "dashboard-status");
  private readonly board: Board;
  private readonly picker: TimePicker;
  private readonly refreshing: Refreshing;

  constructor(private readonly root: HTMLElement) {
    const config = ask<DashboardConfig>(`${root.dataset["config"] ?? ""}${location.search}`);
    const host: Host = {
      group: "dashboard",
      thresholdsAlways: false,
      zoom: (range) => this.look(fixed(enough(range))),
      widen: () => this.picker.widen(),
    };
    this.board = new Board(root, root.dataset["uid"] ?? "", host, config.then((one) => one.panels), {
      loaded: (range) => this.loaded(range),
      failed: (reason) => this.say(`Not refreshed at ${moment(Date.now() / 1000)}: ${reason}`),
    });
    this.picker = new TimePicker({ ends: () => this.ends(), range: () => this.range, look: (ends) => this.look(ends) });
    this.refreshing = new Refreshing(() => this.board.load(), (text) => this.refreshEvery(text));
    this.layOut();
    this.listen();
    alone.apply(root);
    config.then((one) => this.take(one), (error: unknown) => this.say(error instanceof Unanswered ? error.message : String(error)));
  }

  private layOut(): void {
    this.status.setAttribute("role", "status");
    const title = document.querySelector("main > .head > h1");
    if (title) this.tools.append(title);
    this.tools.append(this.chosen, this.picker.element, this.refreshing.element);
    this.root.before(this.tools, this.status);
  }

  private listen(): void {
    addEventListener("popstate", () => this.renew());
    document.addEventListener("themechange", () => this.board.redraw());
    document.addEventListener("refresh", (event) => {
      event.preventDefault();
      this.board.load();
    });
    document.addEventListener("keydown", (event) => this.pressed(event));
  }

  private take(config: DashboardConfig): void {
    this.config = config;
    for (const view of config.panels) {
      const section = this.root.querySelector<HTMLElement>(`[data-panel="${view.id}"]`);
      if (section) addHead(section, view, () => alone.toggle(this.root, section));
    }
    this.chosen.replaceChildren(...config.variables.map((variable) => {
      const values = allTold(`var-${variable.name}`);
      return control(values.length > 0 ? { ...variable, current: values } : variable, (name, now) => this.choose(name, now));
    }));
    this.picker.renew();
    this.refreshing.set(told("refresh") || config.refresh);
  }

  private ends(): Ends {
    return { from: told("from") || this.config?.from || "now-1h", to: told("to") || this.config?.to || "now" };
  }

  private look(ends: Ends): void {
    write({ ...ends });
    this.renew();
  }

  private choose(name: string, values: string[]): void {
    write({ [`var-${name}`]: values });
    this.board.load(true);
  }

  private refreshEvery(text: string): void {
    write({ refresh: text });
    this.refreshing.set(text);
  }

  /** Show what the address says now. */
  private renew(): void {
    this.picker.renew();
    this.refreshing.set(told("refresh") || this.config?.refresh || "");
    alone.apply(this.root);
    this.board.load(true);
  }

  private loaded(range: Range): void {
    this.range = range;
    this.say("");
    this.refreshing.done();
  }

  private say(text: string): void {
    this.status.textContent = text;
    this.status.hidden = !text;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const act = this.keyed(event);
    if (!act) return;
    event.preventDefault();
    act();
  }

  private keyed(event: KeyboardEvent): (() => void) | undefined {
    const { key, shiftKey } = event;
    const panel = key === "v" ? alone.meant(this.root) : key === "Escape" ? this.root.querySelector<HTMLElement>("[data-panel].viewed") : null;
    if (panel && !document.querySelector(":popover-open")) return () => alone.toggle(this.root, panel);
    if (key === "z") return () => this.picker.widen();
    if (shiftKey && key === "ArrowLeft") return () => this.picker.move(-STEP);
    if (shiftKey && key === "ArrowRight") return () => this.picker.move(STEP);
    return undefined;
  }
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

const root = document.getElementById("dashboard");
if (root) new Page(root);
