// Numbers as people read them, after Grafana's units: about three digits that count, and a scale that fits.

/** A number in parts, so that the unit may be written smaller than the number. */
export interface Written {
  prefix: string;
  text: string;
  /** With its leading blank, where there is one. */
  suffix: string;
}

type Writer = (value: number, decimals: number | null, now: number) => Written;

const THOUSANDS = ["", " K", " Mil", " Bil", " Tri", " Quadr", " Quint", " Sext", " Sept"];
const COUNTS = ["", "K", "M", "B", "T"];
const METRIC = ["", "k", "M", "G", "T", "P", "E", "Z", "Y"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"];

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;
const WEEK = 604_800;
const YEAR = 31_536_000;

const WRITERS: Record<string, Writer> = {
  none: plain(""),
  string: (value) => written(String(value), ""),
  short: scaled(1000, THOUSANDS),
  percent: plain("%"),
  percentunit: (value, decimals) => plain("%")(cleaned(value * 100), decimals, 0),
  locale: (value, decimals) => written(
    value.toLocaleString("en-US", { maximumFractionDigits: decimals ?? decimalsOf(value) }), ""),
  sci: (value, decimals) => written(value.toExponential(decimals ?? undefined), ""),
  bool: (value) => written(value === 0 ? "False" : "True", ""),
  bool_yes_no: (value) => written(value === 0 ? "No" : "Yes", ""),
  bool_on_off: (value) => written(value === 0 ? "Off" : "On", ""),

  ns: (value, decimals) => seconds(cleaned(value / 1e9), decimals),
  "µs": (value, decimals) => seconds(cleaned(value / 1e6), decimals),
  ms: (value, decimals) => seconds(cleaned(value / 1000), decimals, "ms"),
  s: (value, decimals) => seconds(value, decimals),
  m: (value, decimals) => seconds(value * MINUTE, decimals),
  h: (value, decimals) => seconds(value * HOUR, decimals),
  d: (value, decimals) => seconds(value * DAY, decimals),
  dtdurations: (value, decimals) => written(duration(value, decimals ?? 1), ""),
  dtdurationms: (value, decimals) => written(duration(value / 1000, decimals ?? 1), ""),

  bits: scaled(1024, BINARY, "b"),
  bytes: scaled(1024, BINARY, "B"),
  kbytes: scaled(1024, BINARY, "B", 1),
  mbytes: scaled(1024, BINARY, "B", 2),
  gbytes: scaled(1024, BINARY, "B", 3),
  decbits: scaled(1000, METRIC, "b"),
  decbytes: scaled(1000, METRIC, "B"),
  deckbytes: scaled(1000, METRIC, "B", 1),
  decmbytes: scaled(1000, METRIC, "B", 2),
  binBps: scaled(1024, BINARY, "B/s"),
  binbps: scaled(1024, BINARY, "b/s"),
  Bps: scaled(1000, METRIC, "B/s"),
  bps: scaled(1000, METRIC, "b/s"),
  pps: scaled(1000, METRIC, "p/s"),
  hertz: scaled(1000, METRIC, "Hz"),
  rothz: scaled(1000, METRIC, "Hz"),
  watt: scaled(1000, METRIC, "W"),

  cps: counted("c/s"),
  ops: counted("ops/s"),
  reqps: counted("req/s"),
  rps: counted("rd/s"),
  wps: counted("wr/s"),
  iops: counted("io/s"),
  eps: counted("evt/s"),
  mps: counted("msg/s"),
  cpm: counted("c/m"),
  opm: counted("ops/m"),
  reqpm: counted("req/m"),

  currencyUSD: money("$"),
  currencyEUR: money("€"),
  currencyGBP: money("£"),
  currencyJPY: money("¥"),
  celsius: plain(" °C"),
  dateTimeFromNow: (value, _decimals, now) => written(fromNow(value, now), ""),
  dateTimeAsIso: (value) => written(moment(value), ""),
};

/** Write a number in a unit; `decimals` null for as many as count, `now` in milliseconds since 1970. */
export function parts(value: number, unit: string, decimals: number | null = null, now = Date.now()): Written {
  if (Number.isNaN(value)) return written("NaN", "");
  if (!Number.isFinite(value)) return written(value > 0 ? "+Inf" : "-Inf", "");
  return (WRITERS[unit] ?? custom(unit))(value, decimals, now);
}

/** Write a number in a unit, in one piece; a dash where there is none. */
export function format(
  value: number | null | undefined, unit: string, decimals: number | null = null, now = Date.now(),
): string {
  if (value === null || value === undefined) return "–";
  const { prefix, text, suffix } = parts(value, unit, decimals, now);
  return prefix && text.startsWith("-") ? `-${prefix}${text.slice(1)}${suffix}` : `${prefix}${text}${suffix}`;
}

/** Write a number at an axis, where round ones stand: `7.5K`, not `7.50K`. */
export function tick(value: number, unit: string): string {
  const { prefix, text, suffix } = parts(value, unit);
  const short = text.includes(".") && !text.includes("e") ? text.replace(/\.?0+$/, "") : text;
  return prefix && short.startsWith("-") ? `-${prefix}${short.slice(1)}${suffix}` : `${prefix}${short}${suffix}`;
}

/** Tell whether a unit's round numbers are powers of 1,024. */
export function isBinary(unit: string): boolean {
  return ["bits", "bytes", "kbytes", "mbytes", "gbytes", "binBps", "binbps"].includes(unit);
}

function written(text: string, suffix: string, prefix = ""): Written {
  return { prefix, text, suffix };
}

/** Return how many decimals leave three digits that count; none for a whole number. */
function decimalsOf(value: number): number {
  if (value === 0 || Number.isInteger(value)) return 0;
  return Math.min(12, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
}

function rounded(value: number, decimals: number | null): string {
  const text = value.toFixed(Math.min(20, Math.max(0, decimals ?? decimalsOf(value))));
  return Number(text) === 0 && text.startsWith("-") ? text.slice(1) : text;
}

/** Without what a floating-point product adds: 7.000000000000001 is 7. */
function cleaned(value: number): number {
  return Number(value.toPrecision(14));
}

function plain(suffix: string): Writer {
  return (value, decimals) => written(rounded(value, decimals), suffix);
}

function scaleOf(value: number, factor: number, largest: number): number {
  let scale = 0;
  for (let size = Math.abs(value); size >= factor && scale < largest; size /= factor) scale += 1;
  return scale;
}

/** `1.50 KiB`; `from` is the scale that the number itself has. */
function scaled(factor: number, names: readonly string[], symbol = "", from = 0): Writer {
  return (value, decimals) => {
    const up = scaleOf(value, factor, names.length - 1 - from);
    const name = `${names[from + up] ?? ""}${symbol}`;
    return written(rounded(value / factor ** up, decimals), symbol ? ` ${name}` : name);
  };
}

/** `1.20K req/s`. */
function counted(symbol: string): Writer {
  return (value, decimals) => {
    const up = scaleOf(value, 1000, COUNTS.length - 1);
    return written(rounded(value / 1000 ** up, decimals), `${COUNTS[up] ?? ""} ${symbol}`);
  };
}

function money(sign: string): Writer {
  return (value, decimals) => {
    const up = scaleOf(value, 1000, COUNTS.length - 1);
    return written(rounded(value / 1000 ** up, decimals), COUNTS[up] ?? "", sign);
  };
}

/** `smallest` is not divided further: 0.0024 ms stays that. */
function seconds(value: number, decimals: number | null, smallest = "ns"): Written {
  const size = Math.abs(value);
  if (size === 0) return written(rounded(0, decimals), smallest === "ms" ? " ms" : " s");
  if (size < 1) return fraction(value, size, decimals, smallest);
  if (size < MINUTE) return written(rounded(value, decimals), " s");
  if (size < HOUR) return written(rounded(cleaned(value / MINUTE), decimals), " min");
  if (size < DAY) return several(value / HOUR, "hour", decimals);
  if (size < WEEK) return several(value / DAY, "day", decimals);
  if (size < YEAR) return several(value / WEEK, "week", decimals);
  return several(value / YEAR, "year", decimals);
}

function fraction(value: number, size: number, decimals: number | null, smallest: string): Written {
  if (size >= 0.001 || smallest === "ms") return written(rounded(cleaned(value * 1e3), decimals), " ms");
  if (size >= 0.000001) return written(rounded(cleaned(value * 1e6), decimals), " µs");
  return written(rounded(cleaned(value * 1e9), decimals), " ns");
}

function several(value: number, name: string, decimals: number | null): Written {
  const text = rounded(cleaned(value), decimals);
  return written(text, ` ${name}${Math.abs(Number(text)) === 1 ? "" : "s"}`);
}

/** `2 hours, 5 minutes`: as many parts as `decimals` says, and one. */
function duration(value: number, decimals: number): string {
  if (value < 0) return `${duration(-value, decimals)} ago`;
  const names: readonly [string, number][] = [
    ["year", YEAR], ["week", WEEK], ["day", DAY], ["hour", HOUR], ["minute", MINUTE], ["second", 1],
  ];
  const said: string[] = [];
  let left = Math.round(value);
  for (const [name, size] of names) {
    const count = Math.floor(left / size);
    left -= count * size;
    if (count > 0 && said.length <= decimals) said.push(`${count} ${name}${count === 1 ? "" : "s"}`);
  }
  return said.join(", ") || "0 seconds";
}

/** `3 minutes ago`, `in an hour`. */
function fromNow(value: number, now: number): string {
  const said = roughly(Math.abs(value - now) / 1000);
  return value > now ? `in ${said}` : `${said} ago`;
}

function roughly(length: number): string {
  const minutes = Math.round(length / MINUTE);
  const hours = Math.round(length / HOUR);
  const days = Math.round(length / DAY);
  if (length < 45) return "a few seconds";
  if (minutes < 45) return some(minutes, "a minute", "minutes");
  if (hours < 22) return some(hours, "an hour", "hours");
  if (days < 26) return some(days, "a day", "days");
  if (days < 320) return some(Math.round(days / 30.44), "a month", "months");
  return some(Math.round(days / 365.25), "a year", "years");
}

function some(count: number, one: string, many: string): string {
  return count <= 1 ? one : `${count} ${many}`;
}

function moment(value: number): string {
  return new Date(value).toISOString().slice(0, 19).replace("T", " ");
}

/** Grafana's units of one's own: `suffix:req`, `prefix:#`, `si:W`; any other name is written behind the number. */
function custom(unit: string): Writer {
  const [kind, name = ""] = splitOnce(unit);
  if (kind === "suffix") return plain(` ${name}`);
  if (kind === "prefix") return (value, decimals) => written(rounded(value, decimals), "", name);
  if (kind === "si") return scaled(1000, METRIC, name);
  if (kind === "currency") return money(name);
  return plain(unit ? ` ${unit}` : "");
}

function splitOnce(unit: string): [string, string?] {
  const at = unit.indexOf(":");
  return at < 0 ? [unit] : [unit.slice(0, at), unit.slice(at + 1)];
}
