// Numbers on an arc, whose edge shows the thresholds.

import { named, valueColor, variable } from "../colors";
import { lastOf, worded } from "../numbers";
import { arc, drawing, svg } from "../svg";
import { element } from "../tools";
import type { PanelView, Series } from "../wire";
import { plainPicture, type Painter } from "./painter";
import { large } from "./stat";

/** Where the arc begins, and how far it goes, in turns. */
const BEGIN = -1 / 3;
const SWEEP = 2 / 3;
const [WIDTH, HEIGHT, X, Y, RADIUS] = [200, 150, 100, 96, 76];

/** Draw a panel of gauges, one for each series. */
export const gauge: Painter = (place, view) => {
  place.classList.add("stats");
  return plainPicture(place, ({ series }) => {
    place.classList.toggle("several", series.length > 1);
    return series.map((one) => dial(one, view, series.length > 1));
  });
};

function dial(series: Series, view: PanelView, several: boolean): HTMLElement {
  const value = lastOf(series.values);
  const color = valueColor(value, view.thresholds, view.mappings) ?? variable("--accent");
  const tile = element("div", "stat dial");
  tile.setAttribute("role", "meter");
  const [low, high] = ends(view, value);
  tile.setAttribute("aria-valuemin", String(low));
  tile.setAttribute("aria-valuemax", String(high));
  tile.setAttribute("aria-valuenow", String(value ?? low));
  tile.setAttribute("aria-valuetext", worded(value, view));
  tile.setAttribute("aria-label", series.name || view.title);
  tile.append(picture(value, low, high, view, color), large(value, view, color));
  if (several) tile.append(element("p", "stat-name", series.name));
  return tile;
}

function ends(view: PanelView, value: number | null): [number, number] {
  const percent = view.unit === "percentunit" ? 1 : 100;
  const low = view.min ?? Math.min(0, value ?? 0);
  return [low, Math.max(view.max ?? Math.max(percent, value ?? 0), low + 1e-9)];
}

function picture(value: number | null, low: number, high: number, view: PanelView, color: string): SVGSVGElement {
  const at = (one: number) => BEGIN + SWEEP * Math.min(1, Math.max(0, (one - low) / (high - low)));
  const made = drawing(WIDTH, HEIGHT, "gauge");
  made.append(band(RADIUS, 16, BEGIN, BEGIN + SWEEP, variable("--grid")));
  if (value !== null && at(value) > BEGIN) made.append(band(RADIUS, 16, BEGIN, at(value), color));
  view.thresholds.forEach((step, place) => {
    const from = at(step.value ?? low);
    const to = at(view.thresholds[place + 1]?.value ?? high);
    if (to > from && view.thresholds.length > 1) made.append(band(RADIUS + 12, 3, from, to, named(step.color)));
  });
  return made;
}

function band(radius: number, width: number, from: number, to: number, color: string): SVGPathElement {
  const made = svg("path", { d: arc(X, Y, radius, from, to), "stroke-width": width, fill: "none" });
  made.style.stroke = color;
  return made;
}
