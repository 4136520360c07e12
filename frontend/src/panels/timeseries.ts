// Lines over time, by uPlot.

import uPlot from "uplot";
import { faded, lineColors, named as color } from "../colors";
import { Legend } from "../legend";
import { moment } from "../moments";
import { moments, stacked, worded } from "../numbers";
import { element } from "../tools";
import { hide, show, type Line } from "../tooltip";
import { isBinary, tick } from "../units";
import type { Mark, PanelData, PanelView } from "../wire";
import { frame, lines, named, pointer, refit, sizeOf, timeAxis, widthOf } from "./frame";
import { drawMarks, drawThresholds, marksAt } from "./overlays";
import type { Host, Painter, Picture, Range } from "./painter";
import { scaleOf } from "./scale";

const MOST_LINES = 14;
const POWERS_OF_TWO = Array.from({ length: 80 }, (_, power) => 2 ** (power - 10));

/** Draw a panel of lines. */
export const timeseries: Painter = (place, view, host) => new Lines(place, view, host);

class Lines implements Picture {
  private readonly canvas = element("div", "canvas");
  private readonly below = element("div");
  private readonly legend: Legend;
  private readonly view: PanelView;
  private readonly host: Host;
  private plot: uPlot | undefined;
  private names = "";
  private data: PanelData | undefined;
  private range: Range = { start: 0, end: 1 };
  private marks: readonly Mark[] = [];
  private near: number | null = null;

  constructor(place: HTMLElement, view: PanelView, host: Host) {
    this.view = view;
    this.host = host;
    this.legend = new Legend(this.below, view, () => this.choose());
    place.replaceChildren(this.canvas, this.below);
    place.classList.add("charted");
  }

  update(data: PanelData, range: Range, marks: readonly Mark[]): void {
    [this.data, this.range, this.marks] = [data, range, marks];
    this.legend.update(data.series, this.colors());
    const names = data.series.map(({ name, ref }) => `${ref} ${name}`).join("\n");
    if (this.plot && names === this.names) this.renew(this.plot);
    else this.rebuild();
    this.names = names;
    if (this.plot) named(this.plot, `${this.view.title}: ${data.series.length} lines over time`);
  }

  resize(): void {
    if (this.plot) refit(this.plot, this.canvas);
  }

  destroy(): void {
    this.plot?.destroy();
    hide();
  }

  private colors(): string[] {
    return lineColors((this.data?.series ?? []).map(({ name }) => name));
  }

  private aligned(): uPlot.AlignedData {
    const { start, step, count, series } = this.data ?? { start: 0, step: 1, count: 0, series: [] };
    const shown = series.filter((one) => this.legend.shows(one.name));
    const sums = this.view.stacked ? stacked(shown) : [];
    const columns = series.map((one) => {
      const place = shown.indexOf(one);
      return place < 0 ? one.values : (sums[place] ?? one.values);
    });
    return [moments(start, step, count), ...columns];
  }

  private renew(plot: uPlot): void {
    plot.batch(() => {
      plot.setData(this.aligned(), false);
      plot.setScale("x", { min: this.range.start, max: this.range.end });
    });
  }

  private choose(): void {
    const { plot } = this;
    if (!plot) return;
    plot.batch(() => {
      this.data?.series.forEach(({ name }, at) => plot.setSeries(at + 1, { show: this.legend.shows(name) }));
      if (this.view.stacked) plot.setData(this.aligned(), false);
      plot.setScale("x", { min: this.range.start, max: this.range.end });
    });
  }

  private rebuild(): void {
    this.plot?.destroy();
    this.plot = new uPlot(this.options(), this.aligned(), this.canvas);
  }

  private options(): uPlot.Options {
    const base = frame(sizeOf(this.canvas), this.host, (plot, at) => this.hovered(plot, at));
    return {
      ...base,
      scales: {
        x: { time: true, range: () => [this.range.start, this.range.end] },
        y: { range: (_plot, low, high) => scaleOf(low, high, this.view, this.host.thresholdsAlways) },
      },
      axes: [timeAxis(), this.valueAxis()],
      series: [{}, ...(this.data?.series ?? []).map(({ name }, at) => this.line(name, at))],
      ...(this.view.stacked ? { bands: this.bands() } : {}),
      hooks: {
        ...base.hooks,
        drawAxes: [(plot) => drawMarks(plot, this.marks)],
        draw: [(plot) => { if (this.view.threshold_lines) drawThresholds(plot, this.view.thresholds); }],
        setSeries: [(_plot, at) => { this.near = at; }],
      },
    };
  }

  private valueAxis(): uPlot.Axis {
    return {
      ...lines(),
      size: widthOf,
      space: 34,
      values: (_plot, splits) => splits.map((value) => tick(value, this.view.unit)),
      ...(isBinary(this.view.unit) ? { incrs: POWERS_OF_TWO } : {}),
    };
  }

  private line(name: string, at: number): uPlot.Series {
    const stroke = () => this.colors()[at] ?? "";
    const fill = this.view.fill || (this.view.stacked ? 0.25 : 0);
    return {
      label: name,
      show: this.legend.shows(name),
      stroke,
      width: 1.5,
      ...(fill > 0 ? { fill: () => faded(stroke(), fill) } : {}),
      points: { size: 4, filter: loneOnes },
    };
  }

  private bands(): uPlot.Band[] {
    return (this.data?.series ?? []).slice(1).map((_, at) => ({ series: [at + 2, at + 1] }));
  }

  private hovered(plot: uPlot, at: number | null): void {
    const { data } = this;
    if (at === null || !data) return hide();
    const when = data.start + at * data.step;
    const { left, top } = pointer(plot);
    const numbers = this.numbersAt(data, at);
    const marked = marksAt(this.marks, when, data.step / 2)
      .map((mark): Line => ({ color: color(mark.color), name: mark.name, value: mark.text }));
    const more = numbers.length - MOST_LINES;
    show(moment(when), [...numbers.slice(0, MOST_LINES), ...marked], left, top, more > 0 ? `and ${more} more` : "");
  }

  private numbersAt(data: PanelData, at: number): Line[] {
    const colors = this.colors();
    return data.series
      .map(({ name, values }, place) => ({ name, value: values[at] ?? null, color: colors[place] ?? "", near: this.near === place + 1 }))
      .filter(({ name, value }) => value !== null && this.legend.shows(name))
      .sort((one, other) => (other.value ?? 0) - (one.value ?? 0))
      .map(({ value, ...line }) => ({ ...line, value: worded(value, this.view) }));
  }
}

/** Points are drawn only where a line cannot be: at a sample without neighbours. */
function loneOnes(plot: uPlot, at: number): number[] | null {
  const values = plot.data[at];
  if (!values) return null;
  const lone: number[] = [];
  for (let place = 0; place < values.length; place += 1) {
    if (values[place] != null && values[place - 1] == null && values[place + 1] == null) lone.push(place);
  }
  return lone.length > 0 ? lone : null;
}
