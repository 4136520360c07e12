// One box beside the pointer, for all charts of the page.

import { element } from "./tools";

export interface Line { color: string; name: string; value: string; near?: boolean }

const GAP = 14;

let box: HTMLElement | undefined;

/** Show lines under a heading, at a place of the window. */
export function show(title: string, lines: readonly Line[], left: number, top: number, more = ""): void {
  box ??= made();
  box.replaceChildren(element("p", "tooltip-title", title), ...lines.map(row));
  if (more) box.append(element("p", "quiet", more));
  box.hidden = false;
  const { width, height } = box.getBoundingClientRect();
  const beside = left + GAP + width > innerWidth ? left - GAP - width : left + GAP;
  const below = top + GAP + height > innerHeight ? top - GAP - height : top + GAP;
  box.style.transform = `translate(${Math.round(Math.max(4, beside))}px, ${Math.round(Math.max(4, below))}px)`;
}

/** Take the box away. */
export function hide(): void {
  if (box) box.hidden = true;
}

function made(): HTMLElement {
  const fresh = element("div", "tooltip");
  fresh.setAttribute("role", "presentation");
  document.body.append(fresh);
  addEventListener("scroll", hide, { passive: true, capture: true });
  return fresh;
}

function row(line: Line): HTMLElement {
  const made = element("div", line.near ? "tooltip-row near" : "tooltip-row");
  made.append(swatch(line.color), element("span", "tooltip-name", line.name), element("span", "tooltip-value", line.value));
  return made;
}

/** Return the small bar of a series' colour. */
export function swatch(color: string): HTMLElement {
  const made = element("i", "swatch");
  made.style.background = color;
  made.setAttribute("aria-hidden", "true");
  return made;
}
