// What charts over time have in common, whatever they draw: the axis of time, the crosshair, zoom by dragging.

import uPlot from "uplot";
import { variable } from "../colors";
import { ticks } from "../moments";
import { hide } from "../tooltip";
import type { Host } from "./painter";

export interface Size { width: number; height: number }

const FONT = '11px Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif';
const SMALLEST_DRAG = 6;
const NOTHING = { left: 0, width: 0, top: 0, height: 0 };

/** Return the size that is left in a place; never nothing, for a chart that is not shown yet. */
export function sizeOf(place: HTMLElement): Size {
  return { width: Math.max(80, place.clientWidth), height: Math.max(60, place.clientHeight) };
}

/** Let a plot fill its place again, after the place has changed. */
export function refit(plot: uPlot, place: HTMLElement): void {
  const size = sizeOf(place);
  if (size.width !== plot.width || size.height !== plot.height) plot.setSize(size);
}

/** Return the options of a chart over time; `hovered` is told the place of the pointer's moment in the data. */
export function frame(size: Size, host: Host, hovered: (plot: uPlot, at: number | null) => void): Omit<uPlot.Options, "series"> {
  const state: Pointer = { inside: false, dragging: false };
  return {
    ...size,
    legend: { show: false },
    // A line near the pointer is bold in the tooltip; to fade the others would draw all of them again.
    focus: { alpha: 1 },
    padding: [8, 16, 0, 0],
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), "Etc/UTC"),
    cursor: {
      y: false,
      points: { size: 7, width: 1.5 },
      // Others that share the crosshair show it alone: a point on each of their lines would cost more than it tells.
      dataIdx: (_plot, _series, at) => (state.inside ? at : null),
      focus: { prox: 24 },
      drag: { x: true, y: false, setScale: false, dist: SMALLEST_DRAG },
      sync: { key: host.group, setSeries: false, scales: ["x", null] },
      bind: { dblclick: () => () => { host.widen(); return null; } },
    },
    hooks: {
      ready: [(plot) => listen(plot, state, hovered)],
      setCursor: [(plot) => { if (state.inside) hovered(plot, plot.cursor.idx ?? null); }],
      setSelect: [(plot) => selected(plot, state, host)],
    },
  };
}

interface Pointer { inside: boolean; dragging: boolean }

function listen(plot: uPlot, state: Pointer, hovered: (plot: uPlot, at: number | null) => void): void {
  plot.over.addEventListener("mouseenter", () => { state.inside = true; });
  plot.over.addEventListener("mousedown", () => { state.dragging = true; });
  plot.over.addEventListener("mouseleave", () => {
    state.inside = false;
    hide();
    hovered(plot, null);
  });
}

/** Charts that share the crosshair share what is dragged over, too: only the one below the pointer tells. */
function selected(plot: uPlot, state: Pointer, host: Host): void {
  const { left, width } = plot.select;
  const { dragging } = state;
  state.dragging = false;
  if (width < SMALLEST_DRAG) return;
  const range = { start: plot.posToVal(left, "x"), end: plot.posToVal(left + width, "x") };
  plot.setSelect(NOTHING, false);
  hide();
  if (dragging) host.zoom(range);
}

/** Return the axis of time. */
export function timeAxis(): uPlot.Axis {
  return {
    ...lines(),
    size: 26,
    space: 64,
    values: (_plot, splits, _axis, _space, increment) => ticks(splits, increment),
  };
}

/** Return how axes look; in the colours of the theme as it is now, at every drawing. */
export function lines(): uPlot.Axis {
  return {
    font: FONT,
    stroke: () => variable("--quiet"),
    gap: 6,
    grid: { stroke: () => variable("--grid"), width: 1 },
    ticks: { show: false },
  };
}

/** Return how wide an axis has to be for what is written at it. */
export function widthOf(plot: uPlot, values: readonly string[] | null): number {
  if (!values) return 20;
  plot.ctx.font = FONT.replace("11px", `${11 * devicePixelRatio}px`);
  const widest = Math.max(0, ...values.map((value) => plot.ctx.measureText(value ?? "").width));
  return Math.ceil(widest / devicePixelRatio) + 14;
}

/** Return where the pointer is, in the window. */
export function pointer(plot: uPlot): { left: number; top: number } {
  const { left, top } = plot.over.getBoundingClientRect();
  return { left: left + (plot.cursor.left ?? 0), top: top + (plot.cursor.top ?? 0) };
}

/** Say to those who do not see the picture what it is; the numbers stand in the legend. */
export function named(plot: uPlot, text: string): void {
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", text);
}
