// Charts of rows over time, on the same axis as lines: what heatmaps and timelines of states share.

import uPlot from "uplot";
import { element } from "../tools";
import { hide } from "../tooltip";
import type { Mark, PanelData, PanelView } from "../wire";
import { frame, lines, named, refit, sizeOf, timeAxis, widthOf } from "./frame";
import { drawMarks } from "./overlays";
import type { Host, Picture, Range } from "./painter";
import { moments } from "../numbers";

/** What a kind of rows says and draws; row 0 is the lowest. */
export interface Rows {
  names(data: PanelData): string[];
  draw(plot: uPlot, data: PanelData): void;
  /** Show what is at a moment and a row, in the tooltip. */
  tell(plot: uPlot, data: PanelData, at: number, row: number): void;
  /** What stands for the picture where it is not seen. */
  said(data: PanelData): string;
}

export class Bands implements Picture {
  private readonly canvas = element("div", "canvas");
  private plot: uPlot | undefined;
  private data: PanelData = { state: "ok", message: "", start: 0, step: 1, count: 0, series: [] };
  private range: Range = { start: 0, end: 1 };
  private marks: readonly Mark[] = [];

  constructor(place: HTMLElement, private readonly view: PanelView, private readonly host: Host, private readonly rows: Rows) {
    place.replaceChildren(this.canvas);
    place.classList.add("charted");
  }

  update(data: PanelData, range: Range, marks: readonly Mark[]): void {
    [this.data, this.range, this.marks] = [data, range, marks];
    this.plot ??= new uPlot(this.options(), this.columns(), this.canvas);
    const { plot } = this;
    plot.batch(() => {
      plot.setData(this.columns(), false);
      plot.setScale("x", { min: range.start, max: range.end });
      plot.setScale("y", { min: 0, max: this.count() });
    });
    named(plot, `${this.view.title}: ${this.rows.said(data)}`);
  }

  resize(): void {
    if (this.plot) refit(this.plot, this.canvas);
  }

  destroy(): void {
    this.plot?.destroy();
    hide();
  }

  private count(): number {
    return Math.max(1, this.rows.names(this.data).length);
  }

  /** uPlot is given the moments alone; the rows are drawn by us. */
  private columns(): uPlot.AlignedData {
    const { start, step, count } = this.data;
    return [moments(start, step, count), new Array<null>(count).fill(null)];
  }

  private options(): uPlot.Options {
    const base = frame(sizeOf(this.canvas), this.host, (plot, at) => this.hovered(plot, at));
    return {
      ...base,
      scales: {
        x: { time: true, range: () => [this.range.start, this.range.end] },
        y: { range: () => [0, this.count()] },
      },
      axes: [timeAxis(), this.rowAxis()],
      series: [{}, { points: { show: false } }],
      hooks: {
        ...base.hooks,
        drawAxes: [(plot) => { this.clipped(plot, () => this.rows.draw(plot, this.data)); drawMarks(plot, this.marks); }],
      },
    };
  }

  private clipped(plot: uPlot, draw: () => void): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    draw();
    ctx.restore();
  }

  private rowAxis(): uPlot.Axis {
    return {
      ...lines(),
      size: widthOf,
      grid: { show: false },
      splits: (plot) => this.written(plot).map((row) => row + 0.5),
      values: (_plot, splits) => splits.map((row) => shortened(this.rows.names(this.data)[Math.floor(row)] ?? "")),
    };
  }

  /** Return the rows that there is room to name. */
  private written(plot: uPlot): number[] {
    const count = this.count();
    const every = Math.max(1, Math.ceil(count / Math.max(1, plot.height / 20)));
    return Array.from({ length: count }, (_, row) => row).filter((row) => row % every === 0);
  }

  private hovered(plot: uPlot, at: number | null): void {
    const row = Math.floor(plot.posToVal(plot.cursor.top ?? 0, "y"));
    if (at === null || row < 0 || row >= this.count()) return hide();
    this.rows.tell(plot, this.data, at, row);
  }
}

function shortened(name: string): string {
  return name.length > 24 ? `${name.slice(0, 23)}…` : name;
}
