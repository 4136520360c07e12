// Colours: Grafana's names and ours, read from the page's style sheet, so that they follow the theme.

import type { Mapped, Step } from "./wire";

const NAMED: Record<string, string> = {
  green: "--good", orange: "--warn", yellow: "--warn", red: "--bad", blue: "--accent", text: "--ink", purple: "--line-5",
};
const SHADE = /^(super-light|light|semi-dark|dark)-/;
const LINES = Array.from({ length: 10 }, (_, place) => `--line-${place + 1}`);

/** What went well is green, and what went wrong is red, in every chart. */
const MEANT: readonly [RegExp, string][] = [
  [/^(2xx|2\d\d|success|succeeded|completed|ok)$/i, "--line-1"], [/^(3xx|3\d\d)$/i, "--line-3"],
  [/^(4xx|4\d\d)$/i, "--line-4"], [/^(5xx|5\d\d|failed|failure|errors?)$/i, "--bad"],
];

let sheet: CSSStyleDeclaration | undefined;
const read = new Map<string, string>();

if (typeof document !== "undefined") document.addEventListener("themechange", () => { read.clear(); });

/** Return a variable of the style sheet, as it is now. */
export function variable(name: string): string {
  const known = read.get(name);
  if (known !== undefined) return known;
  sheet ??= getComputedStyle(document.documentElement);
  const value = sheet.getPropertyValue(name).trim() || "#888888";
  read.set(name, value);
  return value;
}

/** Return the colour that a dashboard names, e.g. `green`, `dark-red`, `#rrggbb`. */
export function named(color: string): string {
  if (/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.test(color)) return color;
  return variable(NAMED[color.replace(SHADE, "")] ?? "--quiet");
}

/** Return a colour for each line: what its name means where no other has it yet, else one that is free. */
export function lineColors(names: readonly string[]): string[] {
  return lineVariables(names).map(variable);
}

/** The variables of `lineColors`. */
export function lineVariables(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const meant = names.map((name) => {
    const color = MEANT.find(([pattern]) => pattern.test(name))?.[1];
    if (!color || taken.has(color)) return undefined;
    taken.add(color);
    return color;
  });
  const free = LINES.filter((line) => !taken.has(line));
  let next = 0;
  return meant.map((color) => color ?? free[next++ % free.length] ?? "--line-1");
}

/** Tell whether the page is dark now. */
export function isDark(): boolean {
  const [, red = "ff", green = "ff", blue = "ff"] = /^#(..)(..)(..)/.exec(variable("--surface")) ?? [];
  return [red, green, blue].reduce((sum, part) => sum + parseInt(part, 16), 0) < 384;
}

/** Return a colour with an opacity between 0 and 1. */
export function faded(color: string, opacity: number): string {
  const percent = Math.round(opacity * 100);
  const digits = /^#[0-9a-f]{6}$/i.test(color) ? Math.round(opacity * 255).toString(16).padStart(2, "0") : "";
  return digits ? `${color}${digits}` : `color-mix(in srgb, ${color} ${percent}%, transparent)`;
}

/** Return the step that a value has reached. */
export function stepOf(value: number | null, steps: readonly Step[]): Step | undefined {
  if (value === null) return undefined;
  return steps.filter((step) => step.value === null || value >= step.value).at(-1);
}

/** Return how a value is mapped to a word, if it is. */
export function mappedTo(value: number | null, mappings: readonly Mapped[]): Mapped | undefined {
  if (value === null) return undefined;
  return mappings.find((one) => one.value.trim() !== "" && Number(one.value) === value);
}

/** Return the colour of a value by its word, else by its threshold; undefined where neither has one. */
export function valueColor(value: number | null, steps: readonly Step[], mappings: readonly Mapped[]): string | undefined {
  const color = mappedTo(value, mappings)?.color || stepOf(value, steps)?.color;
  return color && color !== "text" ? named(color) : undefined;
}
