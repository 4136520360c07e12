// States over time: a band for each series, in the colour of what its value means.

import type uPlot from "uplot";
import { lineColors, valueColor } from "../colors";
import { moment } from "../moments";
import { worded } from "../numbers";
import { show } from "../tooltip";
import type { PanelData, PanelView } from "../wire";
import { Bands, type Rows } from "./bands";
import { pointer } from "./frame";
import type { Painter } from "./painter";

const FILLED = 0.72;
const ROOM = 8;
/** Of states without a colour of their own. */
const COLORS = ["0", "1", "2", "3", "4", "5", "6", "7"];

/** From the place of the first moment to that of the last. */
export interface Stretch { value: number; from: number; to: number }

/** Draw a panel of states. */
export const states: Painter = (place, view, host) => new Bands(place, view, host, bands(view));

/** Return the stretches of equal values; where one is missing there is a gap. */
export function stretches(values: readonly (number | null)[]): Stretch[] {
  const found: Stretch[] = [];
  values.forEach((value, at) => {
    const last = found.at(-1);
    if (value === null) return;
    if (last && last.value === value && last.to === at - 1) last.to = at;
    else found.push({ value, from: at, to: at });
  });
  return found;
}

function bands(view: PanelView): Rows {
  return {
    // The first stands at the top.
    names: (data) => data.series.map(({ name }) => name).reverse(),
    draw: (plot, data) => [...data.series].reverse().forEach(({ values }, row) => band(plot, data, values, row, view)),
    tell: (plot, data, at, row) => tell(plot, data, at, row, view),
    said: (data) => data.series.map(({ name, values }) => `${name} ${worded(values.at(-1) ?? null, view)}`).slice(0, 12).join(", "),
  };
}

function colorOf(value: number, view: PanelView): string {
  return valueColor(value, view.thresholds, view.mappings) ?? (lineColors(COLORS)[Math.abs(Math.round(value)) % COLORS.length] ?? "");
}

function band(plot: uPlot, data: PanelData, values: readonly (number | null)[], row: number, view: PanelView): void {
  const { ctx } = plot;
  const [low, high] = [plot.valToPos(row, "y", true), plot.valToPos(row + 1, "y", true)];
  const height = (low - high) * FILLED;
  const top = high + (low - high - height) / 2;
  ctx.font = `500 ${11 * devicePixelRatio}px Inter, system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  for (const { value, from, to } of stretches(values)) {
    const left = plot.valToPos(data.start + from * data.step, "x", true);
    const right = plot.valToPos(data.start + (to + 1) * data.step, "x", true);
    ctx.fillStyle = colorOf(value, view);
    ctx.globalAlpha = 0.82;
    ctx.fillRect(left, top, Math.max(1, right - left), height);
    ctx.globalAlpha = 1;
    word(ctx, worded(value, view), Math.max(left, plot.bbox.left), right, top + height / 2, height);
  }
}

function word(ctx: CanvasRenderingContext2D, text: string, left: number, right: number, middle: number, height: number): void {
  const room = ROOM * devicePixelRatio;
  if (height < 14 * devicePixelRatio || ctx.measureText(text).width + 2 * room > right - left) return;
  ctx.fillStyle = "#0b0d10";
  ctx.fillText(text, left + room, middle);
}

function tell(plot: uPlot, data: PanelData, at: number, row: number, view: PanelView): void {
  const series = data.series[data.series.length - 1 - row];
  const { left, top } = pointer(plot);
  if (!series) return;
  const here = stretches(series.values).find(({ from, to }) => from <= at && at <= to);
  const value = here ? worded(here.value, view) : "no data";
  const when = (place: number) => moment(data.start + place * data.step);
  const title = here ? `${when(here.from)} – ${when(here.to + 1)}` : when(at);
  show(title, [{ color: here ? colorOf(here.value, view) : "transparent", name: series.name, value }], left, top);
}
