// Ranges of time as they stand in addresses, and what they are called.

import { stamp } from "./moments";
import type { Range } from "./panels/painter";

export interface Ends { from: string; to: string }

/** Ranges that are one click away. */
export const QUICK: readonly (Ends & { title: string })[] = [
  ["now-5m", "Last 5 minutes"], ["now-15m", "Last 15 minutes"], ["now-30m", "Last 30 minutes"], ["now-1h", "Last hour"],
  ["now-3h", "Last 3 hours"], ["now-6h", "Last 6 hours"], ["now-12h", "Last 12 hours"], ["now-24h", "Last 24 hours"],
  ["now-2d", "Last 2 days"], ["now-7d", "Last 7 days"], ["now-30d", "Last 30 days"], ["now/d", "Today"],
].map(([from = "", title = ""]) => ({ from, to: "now", title }));

const RELATIVE = /^now(-\d+(s|m|h|d|w|M|y))?(\/(s|m|h|d|w|M|y))?$/;
const DATE = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)Z?)?$/;
/** Letters of a date. */
const DAY = "2026-11-24".length;
/** Shorter ones show nothing. */
const SHORTEST_SECONDS = 10;

/** Return what a range is called. */
export function called({ from, to }: Ends): string {
  const quick = QUICK.find((one) => one.from === from && one.to === to);
  if (quick) return quick.title;
  const [begin, end] = [shown(from), shown(to)];
  return `${begin} to ${begin.slice(0, DAY) === end.slice(0, DAY) ? end.slice(DAY + 1) || end : end}`;
}

/** Return an end as somebody reads and may write it: `now-1h`, or `2026-11-24 14:05`. */
export function shown(end: string): string {
  if (/^\d{10,}$/.test(end)) return stamp(Number(end) / 1000);
  const moment = DATE.test(end) ? Date.parse(end) : Number.NaN;
  return Number.isNaN(moment) ? end : stamp(moment / 1000);
}

/** Return what somebody wrote as it stands in an address; undefined where it is no time. */
export function written(text: string): string | undefined {
  const end = text.trim();
  if (RELATIVE.test(end) || /^\d{10,}$/.test(end)) return end;
  const [, day, clock = "00:00"] = DATE.exec(end) ?? [];
  const moment = day ? Date.parse(`${day}T${clock}Z`) : Number.NaN;
  return Number.isNaN(moment) ? undefined : String(moment);
}

/** Return a range of fixed moments as it stands in an address. */
export function fixed({ start, end }: Range): Ends {
  return { from: String(Math.floor(start * 1000)), to: String(Math.ceil(end * 1000)) };
}

/** Return the range moved by a part of its length. */
export function moved({ start, end }: Range, part: number): Range {
  const by = (end - start) * part;
  return { start: start + by, end: end + by };
}

/** Return the range around the same middle, longer or shorter. */
export function stretched({ start, end }: Range, factor: number): Range {
  const middle = (start + end) / 2;
  const half = Math.max((end - start) * factor, SHORTEST_SECONDS) / 2;
  return { start: middle - half, end: middle + half };
}

/** Return a dragged range that is long enough to show something. */
export function enough(range: Range): Range {
  return range.end - range.start < SHORTEST_SECONDS ? stretched(range, 1) : range;
}
