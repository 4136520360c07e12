// Which painter draws which kind of panel.

import { element } from "../tools";
import type { Kind, PanelView } from "../wire";
import { gauge } from "./gauge";
import { heatmap } from "./heatmap";
import { plainPicture, type Host, type Painter, type Picture } from "./painter";
import { pie } from "./pie";
import { stat } from "./stat";
import { states } from "./states";
import { table } from "./table";
import { timeseries } from "./timeseries";

const note: Painter = (place, view) =>
  plainPicture(place, (data) => [element("p", "panel-text", data.message || view.description)]);

const PAINTERS: Record<Kind, Painter> = {
  stat, gauge, timeseries, table, heatmap, "state-timeline": states, piechart: pie, text: note, unknown: note,
};

/** Begin a picture in a place that is empty. */
export function pictured(place: HTMLElement, view: PanelView, host: Host): Picture {
  place.className = "picture";
  return PAINTERS[view.kind](place, view, host);
}
