// From where to where the axis of values goes.

import type { PanelView } from "../wire";

/** A threshold further away than so many times the data's own height would press them flat. */
const FARTHEST = 4;
const AIR = 0.06;

/** Return the lower and the upper end for values between `low` and `high`; `always` reaches every threshold. */
export function scaleOf(
  low: number | null, high: number | null, view: Pick<PanelView, "min" | "max" | "thresholds" | "threshold_lines">, always = false,
): [number, number] {
  let [bottom, top] = [Math.min(low ?? 0, high ?? 0), Math.max(low ?? 0, high ?? 1)];
  // Numbers that do not go below nothing are seen best from nothing on, unless they hardly differ.
  if (bottom > 0 && bottom < top * 0.9) bottom = 0;
  if (view.threshold_lines) [bottom, top] = reaching(bottom, top, view.thresholds.map((step) => step.value), always);
  const air = (top - bottom || Math.abs(top) || 1) * AIR;
  const lower = bottom === 0 ? 0 : bottom - air;
  return [view.min ?? (bottom > 0 ? Math.max(0, lower) : lower), view.max ?? top + air];
}

function reaching(bottom: number, top: number, steps: readonly (number | null)[], always: boolean): [number, number] {
  const height = top - bottom || Math.abs(top) || 1;
  let [lower, upper] = [bottom, top];
  for (const step of steps) {
    if (step === null || !Number.isFinite(step)) continue;
    const farther = Math.max(step - top, bottom - step, 0);
    if (!always && farther > height * FARTHEST) continue;
    [lower, upper] = [Math.min(lower, step), Math.max(upper, step)];
  }
  return [lower, upper];
}
