// Shares of a whole, as a ring beside its names.

import { lineColors } from "../colors";
import { lastOf, worded } from "../numbers";
import { arc, drawing, svg } from "../svg";
import { element } from "../tools";
import { hide, show, swatch } from "../tooltip";
import { format } from "../units";
import type { PanelView, Series } from "../wire";
import { plainPicture, type Painter } from "./painter";

const [SIZE, RADIUS, WIDTH] = [100, 38, 20];

interface Share { name: string; color: string; value: number; part: number }

/** Draw a panel of shares. */
export const pie: Painter = (place, view) => {
  place.classList.add("pie");
  return plainPicture(place, ({ series }) => {
    const found = shares(series);
    return [ring(found, view), names(found, view)];
  });
};

function shares(series: readonly Series[]): Share[] {
  const values = series.map(({ values: all }) => Math.max(0, lastOf(all) ?? 0));
  const colors = lineColors(series.map(({ name }) => name));
  const whole = values.reduce((sum, value) => sum + value, 0);
  return series
    .map(({ name }, at) => ({ name, color: colors[at] ?? "", value: values[at] ?? 0, part: (values[at] ?? 0) / (whole || 1) }))
    .sort((one, other) => other.value - one.value);
}

function ring(found: readonly Share[], view: PanelView): SVGSVGElement {
  const made = drawing(SIZE, SIZE, "ring");
  let begin = 0;
  for (const share of found) {
    if (share.part <= 0) continue;
    const piece = svg("path", { d: arc(SIZE / 2, SIZE / 2, RADIUS, begin, begin + share.part), "stroke-width": WIDTH, fill: "none" });
    piece.style.stroke = share.color;
    piece.addEventListener("mousemove", (event) => show("", [
      { color: share.color, name: share.name, value: `${worded(share.value, view)} (${percent(share)})` },
    ], event.clientX, event.clientY));
    piece.addEventListener("mouseleave", hide);
    made.append(piece);
    begin += share.part;
  }
  return made;
}

function names(found: readonly Share[], view: PanelView): HTMLElement {
  const table = element("table", "shares");
  const body = table.createTBody();
  for (const share of found) {
    const row = body.insertRow();
    const name = element("th");
    name.scope = "row";
    name.append(swatch(share.color), element("span", "", share.name));
    row.append(name);
    row.insertCell().textContent = worded(share.value, view);
    row.insertCell().textContent = percent(share);
  }
  return table;
}

function percent(share: Share): string {
  return format(share.part, "percentunit", share.part > 0 && share.part < 0.1 ? 1 : 0);
}
