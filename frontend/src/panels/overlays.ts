// What is drawn over a chart: thresholds as lines, and marked moments.

import type uPlot from "uplot";
import { faded, named } from "../colors";
import type { Mark, Step } from "../wire";

const DASH = [6, 5];

/** Draw the thresholds that lie in view. */
export function drawThresholds(plot: uPlot, steps: readonly Step[]): void {
  const { min, max } = plot.scales["y"] ?? {};
  for (const { color, value } of steps) {
    if (value === null || min === null || max === null || min === undefined || max === undefined) continue;
    if (value < min || value > max) continue;
    line(plot, plot.valToPos(value, "y", true), named(color));
  }
}

function line(plot: uPlot, y: number, color: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = color;
  ctx.globalAlpha = 0.85;
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash(DASH.map((length) => length * devicePixelRatio));
  ctx.beginPath();
  ctx.moveTo(bbox.left, Math.round(y));
  ctx.lineTo(bbox.left + bbox.width, Math.round(y));
  ctx.stroke();
  ctx.restore();
}

/** Draw moments as lines with a foot, and times as bands below them. */
export function drawMarks(plot: uPlot, marks: readonly Mark[]): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height + 6 * devicePixelRatio);
  ctx.clip();
  for (const color of new Set(marks.map((mark) => mark.color))) {
    drawColor(plot, marks.filter((mark) => mark.color === color), named(color));
  }
  ctx.restore();
}

/** Times that overlap are shaded once, however many they are. */
function drawColor(plot: uPlot, marks: readonly Mark[], color: string): void {
  const { ctx, bbox } = plot;
  const bottom = bbox.top + bbox.height;
  const pixel = devicePixelRatio;
  const [shade, edges] = [new Path2D(), new Path2D()];
  for (const mark of marks) {
    const left = plot.valToPos(mark.start, "x", true);
    const right = plot.valToPos(mark.end, "x", true);
    if (right > left) shade.rect(left, bbox.top, right - left, bbox.height);
    edges.rect(Math.round(left), bbox.top, pixel, bbox.height);
    edges.rect(left - pixel, bottom, Math.max(right - left, 3 * pixel), 3 * pixel);
  }
  ctx.fillStyle = faded(color, 0.07);
  ctx.fill(shade);
  ctx.fillStyle = faded(color, 0.75);
  ctx.fill(edges);
}

/** Return the marks at a moment; one without length is met from `slack` seconds beside it. */
export function marksAt(marks: readonly Mark[], moment: number, slack: number): Mark[] {
  return marks.filter((mark) => moment >= mark.start - slack && moment <= mark.end + slack);
}
