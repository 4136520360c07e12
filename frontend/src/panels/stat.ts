// Numbers, large, in the colour of their threshold, with their course behind them.

import { faded, valueColor, variable } from "../colors";
import { lastOf, worded } from "../numbers";
import { drawing, svg } from "../svg";
import { element } from "../tools";
import { parts } from "../units";
import { mappedTo } from "../colors";
import type { PanelView, Series } from "../wire";
import { plainPicture, type Painter } from "./painter";

const WIDTH = 200;
const HEIGHT = 60;
/** Of a number among several, in letters; narrower ones would not be read. */
const SHORTEST = 4;

/** Draw a panel of large numbers, one for each series. */
export const stat: Painter = (place, view) => {
  place.classList.add("stats");
  return plainPicture(place, ({ series }) => {
    place.classList.toggle("several", series.length > 1);
    return series.map((one) => number(one, view, series.length > 1));
  });
};

function number(series: Series, view: PanelView, several: boolean): HTMLElement {
  const value = lastOf(series.values);
  const color = valueColor(value, view.thresholds, view.mappings);
  const tile = element("div", "stat");
  const course = view.course && series.values.length > 2 ? [courseOf(series.values, color ?? variable("--accent"))] : [];
  tile.append(...course, large(value, view, color));
  if (several) tile.append(element("p", "stat-name", series.name));
  return tile;
}

/** Return a number as large as its place allows. */
export function large(value: number | null, view: PanelView, color: string | undefined): HTMLElement {
  const line = element("p", "stat-value");
  if (color) line.style.color = color;
  const text = worded(value, view);
  line.style.setProperty("--letters", String(Math.max(SHORTEST, text.length)));
  if (value === null || mappedTo(value, view.mappings)) line.textContent = text;
  else line.append(...pieces(value, view));
  return line;
}

function pieces(value: number, view: PanelView): (HTMLElement | string)[] {
  const { prefix, text, suffix } = parts(value, view.unit, view.decimals);
  const sign = prefix && text.startsWith("-") ? "-" : "";
  const small = suffix.startsWith(" ") || suffix.length > 1;
  return [`${sign}${prefix}${sign ? text.slice(1) : text}`, small ? element("small", "", suffix) : suffix];
}

type Point = readonly [x: number, y: number];

function courseOf(values: readonly (number | null)[], color: string): SVGSVGElement {
  const made = drawing(WIDTH, HEIGHT, "course");
  made.setAttribute("preserveAspectRatio", "none");
  for (const run of runs(values)) made.append(...stretch(run, color));
  return made;
}

/** Draw what is known without a gap: the line, and what lies below it. */
function stretch(run: readonly Point[], color: string): SVGElement[] {
  const line = `M${run.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L")}`;
  const area = svg("path", { d: `${line}V${HEIGHT}H${(run[0]?.[0] ?? 0).toFixed(1)}Z` });
  area.style.fill = faded(color, 0.12);
  const edge = svg("path", { d: line, "vector-effect": "non-scaling-stroke" });
  edge.style.stroke = faded(color, 0.65);
  return [area, edge];
}

/** Return the points of each time without a gap, in order. */
export function runs(values: readonly (number | null)[]): Point[][] {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const across = WIDTH / Math.max(1, values.length - 1);
  const made: Point[][] = [];
  let isGap = true;
  values.forEach((value, at) => {
    if (value !== null) {
      const y = high === low ? HEIGHT / 2 : HEIGHT - 4 - ((value - low) / (high - low)) * (HEIGHT - 8);
      if (isGap) made.push([]);
      made.at(-1)?.push([at * across, y]);
    }
    isGap = value === null;
  });
  return made;
}
