// A histogram over time: a cell for each bucket and moment, brighter the more is in it.

import type uPlot from "uplot";
import { isDark } from "../colors";
import { moment } from "../moments";
import { format, tick } from "../units";
import { show } from "../tooltip";
import type { PanelData, PanelView } from "../wire";
import { Bands, type Rows } from "./bands";
import { pointer } from "./frame";
import type { Painter } from "./painter";
import { shades } from "./shades";

/** Draw a panel of buckets. */
export const heatmap: Painter = (place, view, host) => new Bands(place, view, host, cells(view));

function cells(view: PanelView): Rows {
  return {
    names: (data) => data.series.map(({ name }) => edge(name, view)),
    draw: (plot, data) => draw(plot, data),
    tell: (plot, data, at, row) => tell(plot, data, at, row, view),
    said: (data) => `how often each of ${data.series.length} ranges occurred, over time`,
  };
}

function edge(name: string, view: PanelView): string {
  const value = name === "+Inf" ? Infinity : Number(name);
  return Number.isNaN(value) ? name : tick(value, view.unit);
}

/** The root makes what is rare visible beside what is common. */
function draw(plot: uPlot, data: PanelData): void {
  const most = Math.sqrt(data.series.reduce((high, { values }) => values.reduce<number>((top, one) => Math.max(top, one ?? 0), high), 0));
  if (most <= 0) return;
  const edges = Array.from({ length: data.count + 1 }, (_, at) => Math.round(plot.valToPos(data.start + (at - 1) * data.step, "x", true)));
  const colors = shades(isDark());
  data.series.forEach(({ values }, row) => {
    const top = Math.round(plot.valToPos(row + 1, "y", true));
    const height = Math.round(plot.valToPos(row, "y", true)) - top - 1;
    values.forEach((value, at) => {
      if (value === null || value <= 0) return;
      const [left, right] = [edges[at] ?? 0, edges[at + 1] ?? 0];
      plot.ctx.fillStyle = colors[Math.min(colors.length - 1, Math.floor((Math.sqrt(value) / most) * colors.length))] ?? "";
      plot.ctx.fillRect(left, top, Math.max(1, right - left), height);
    });
  });
}

function tell(plot: uPlot, data: PanelData, at: number, row: number, view: PanelView): void {
  const { left, top } = pointer(plot);
  const all = data.series.reduce((sum, { values }) => sum + (values[at] ?? 0), 0);
  const value = data.series[row]?.values[at] ?? 0;
  const below = row > 0 ? edge(data.series[row - 1]?.name ?? "", view) : "0";
  show(moment(data.start + at * data.step), [
    { color: "transparent", name: `${below} to ${edge(data.series[row]?.name ?? "", view)}`, value: format(value, "short") },
    { color: "transparent", name: "of all", value: format(all > 0 ? value / all : 0, "percentunit", 1) },
  ], left, top);
}
