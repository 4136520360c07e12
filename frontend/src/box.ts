// A panel's place: its picture, or why there is none. The last picture stays until there is a newer one.

import { element } from "./tools";
import { pictured } from "./panels/draw";
import type { Host, Picture, Range } from "./panels/painter";
import type { Mark, PanelData, PanelView } from "./wire";

const NO_DATA = "No data in this range.";

let waiting = new Set<Picture>();
const sizes = new ResizeObserver((entries) => {
  if (waiting.size === 0) requestAnimationFrame(settle);
  for (const { target } of entries) {
    const picture = placed.get(target);
    if (picture) waiting.add(picture);
  }
});
const placed = new WeakMap<Element, Picture>();

function settle(): void {
  const all = waiting;
  waiting = new Set();
  for (const picture of all) picture.resize();
}

export class Box {
  private readonly place = element("div", "picture");
  private readonly said = element("p", "said");
  private picture: Picture | undefined;
  private last: [PanelView, PanelData, Range, readonly Mark[]] | undefined;

  /** `owner` carries the state for the style sheet; `body` is filled. */
  constructor(private readonly owner: HTMLElement, body: HTMLElement, private readonly host: Host) {
    owner.dataset["state"] = "loading";
    this.said.setAttribute("role", "status");
    body.replaceChildren(this.place, this.said);
  }

  /** Say that newer data are on their way, or are not any more. */
  busy(yes: boolean): void {
    this.owner.classList.toggle("busy", yes);
  }

  show(view: PanelView, data: PanelData, range: Range, marks: readonly Mark[]): void {
    this.busy(false);
    this.owner.classList.remove("old");
    if (data.state === "error") return this.fail(data.message || "There is no answer.");
    this.last = [view, data, range, marks];
    const state = view.kind === "text" ? "ok" : data.state;
    this.tell(state, state === "empty" ? data.message || NO_DATA : "");
    if (state === "ok") this.draw(view, data, range, marks);
  }

  /** Say why there is nothing new; a picture that is there stays, pale. */
  fail(reason: string): void {
    this.busy(false);
    this.tell("error", reason);
  }

  /** Leave the last picture, pale, where the page says why there is no newer one. */
  outdate(reason: string): void {
    this.busy(false);
    if (this.last) this.owner.classList.add("old");
    else this.fail(reason);
  }

  /** Draw the same again, e.g. in other colours. */
  again(): void {
    if (this.last && this.picture && this.owner.dataset["state"] !== "empty") this.draw(...this.last);
  }

  destroy(): void {
    sizes.unobserve(this.place);
    this.picture?.destroy();
    this.picture = undefined;
  }

  private draw(view: PanelView, data: PanelData, range: Range, marks: readonly Mark[]): void {
    if (!this.picture) {
      this.picture = pictured(this.place, view, this.host);
      placed.set(this.place, this.picture);
      sizes.observe(this.place);
    }
    this.picture.update(data, range, marks);
  }

  private tell(state: PanelData["state"], text: string): void {
    this.owner.dataset["state"] = state;
    this.owner.classList.toggle("pictured", state !== "empty" && (this.picture !== undefined || state === "ok"));
    if (this.said.textContent !== text) this.said.textContent = text;
  }
}
