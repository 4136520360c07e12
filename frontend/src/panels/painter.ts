// What every kind of panel is to those that hold it.

import type { Mark, PanelData, PanelView } from "../wire";

/** In seconds since 1970. */
export interface Range { start: number; end: number }

/** What a panel may ask of the page. */
export interface Host {
  /** Charts with the same key share the crosshair. */
  readonly group: string;
  /** Whether a chart reaches up to its threshold wherever its data are. */
  readonly thresholdsAlways: boolean;
  zoom(range: Range): void;
  widen(): void;
}

/** What is on the screen. */
export interface Picture {
  update(data: PanelData, range: Range, marks: readonly Mark[]): void;
  /** Draw again where the place has another size. */
  resize(): void;
  destroy(): void;
}

/** Draws one kind of panel into a place. */
export type Painter = (place: HTMLElement, view: PanelView, host: Host) => Picture;

/** Make a picture of something that lays itself out: it is replaced whole. */
export function plainPicture(place: HTMLElement, draw: (data: PanelData, range: Range) => Node[]): Picture {
  return {
    update: (data, range) => place.replaceChildren(...draw(data, range)),
    resize: () => {},
    destroy: () => place.replaceChildren(),
  };
}
