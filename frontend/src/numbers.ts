// What is said of a series in a few numbers.

import type { Mapped, Series } from "./wire";
import { mappedTo } from "./colors";
import { format } from "./units";

export interface Calculated { mean: number | null; max: number | null; last: number | null }

type Values = readonly (number | null)[];

/** Return the last value, or null where there is none. */
export function lastOf(values: Values): number | null {
  for (let at = values.length - 1; at >= 0; at -= 1) {
    const value = values[at];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}

/** Return mean, largest and last value. */
export function calculated(values: Values): Calculated {
  let sum = 0;
  let count = 0;
  let max = -Infinity;
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue;
    sum += value;
    count += 1;
    if (value > max) max = value;
  }
  return { mean: count ? sum / count : null, max: count ? max : null, last: lastOf(values) };
}

/** Return what a value is called: its word, or the number in its unit. */
export function worded(
  value: number | null, view: { unit: string; decimals: number | null; mappings: readonly Mapped[] },
): string {
  return mappedTo(value, view.mappings)?.text ?? format(value, view.unit, view.decimals);
}

/** Return values stacked on those before them; what is missing adds nothing. */
export function stacked(series: readonly Series[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map(({ values }) => values.map((value, at) => {
    if (value === null) return null;
    sums[at] = (sums[at] ?? 0) + value;
    return sums[at] ?? null;
  }));
}

/** Return the moments of a panel, in seconds since 1970. */
export function moments(start: number, step: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => start + at * step);
}
