// Which range of time is shown: quick ones, any other, back and forward, wider.

import type { Range } from "./panels/painter";
import { popover } from "./popover";
import { called, fixed, moved, QUICK, shown, stretched, written, type Ends } from "./ranges";
import { element, picture } from "./tools";

const BACK = "M10 3 5 8l5 5";
const FORWARD = "M6 3l5 5-5 5";
const WIDER = "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10M11 11l3.5 3.5M4.5 7h5";
const HALF = 0.5;

/** What is shown now. */
export interface Looking { ends(): Ends; range(): Range | undefined; look(ends: Ends): void }

export class TimePicker {
  readonly element = element("div", "tool-group");
  private readonly name = element("button", "button small");
  private readonly from = field("From");
  private readonly to = field("To");
  private readonly wrong = element("p", "bad-text");
  private readonly quick: HTMLButtonElement[];
  private readonly window: HTMLElement;

  constructor(private readonly looking: Looking) {
    this.name.type = "button";
    this.element.append(
      sign("Earlier", BACK, () => this.move(-HALF)), this.name,
      sign("Later", FORWARD, () => this.move(HALF)), sign("Longer range (z)", WIDER, () => this.widen()),
    );
    this.window = popover(this.name, "times", "Range of time");
    this.quick = QUICK.map((one) => this.choice(one));
    const list = element("div", "quick-ranges");
    list.append(...this.quick);
    this.window.append(this.form(), list);
    this.window.addEventListener("toggle", () => this.fill());
    this.renew();
  }

  /** Show what is looked at now. */
  renew(): void {
    const ends = this.looking.ends();
    this.name.textContent = called(ends);
    this.name.setAttribute("aria-label", `Range of time: ${called(ends)}`);
    this.quick.forEach((button, at) => {
      const { from, to } = QUICK[at] ?? ends;
      button.setAttribute("aria-pressed", String(from === ends.from && to === ends.to));
    });
  }

  move(part: number): void {
    const range = this.looking.range();
    if (range) this.looking.look(fixed(moved(range, part)));
  }

  widen(): void {
    const range = this.looking.range();
    if (!range) return;
    const wider = stretched(range, 2);
    const late = Math.max(0, wider.end - Date.now() / 1000);
    this.looking.look(fixed({ start: wider.start - late, end: wider.end - late }));
  }

  private choice({ title, ...ends }: Ends & { title: string }): HTMLButtonElement {
    const button = element("button", "", title);
    button.type = "button";
    button.addEventListener("click", () => this.take(ends));
    return button;
  }

  private form(): HTMLFormElement {
    const form = element("form", "fields");
    this.wrong.setAttribute("role", "alert");
    form.noValidate = true;
    form.append(this.from, this.to, this.wrong, submit("Show"), element("p", "quiet", "UTC: 2026-11-24 14:00, or now-6h"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submitted();
    });
    return form;
  }

  private fill(): void {
    const ends = this.looking.ends();
    input(this.from).value = shown(ends.from);
    input(this.to).value = shown(ends.to);
    this.wrong.textContent = "";
  }

  private submitted(): void {
    const [from, to] = [written(input(this.from).value), written(input(this.to).value)];
    if (from && to) this.take({ from, to });
    else this.wrong.textContent = `${from ? "To" : "From"} is no time: write 2026-11-24 14:00, or now-6h.`;
  }

  private take(ends: Ends): void {
    this.window.hidePopover();
    this.looking.look(ends);
  }
}

function field(name: string): HTMLLabelElement {
  const label = element("label", "field");
  const box = element("input");
  box.autocomplete = "off";
  box.spellcheck = false;
  label.append(element("span", "", name), box);
  return label;
}

function input(label: HTMLLabelElement): HTMLInputElement {
  return label.querySelector("input") ?? element("input");
}

function submit(text: string): HTMLButtonElement {
  const button = element("button", "button small main", text);
  button.type = "submit";
  return button;
}

/** Return a button with a sign in place of words. */
export function sign(label: string, path: string, act: () => void): HTMLButtonElement {
  const button = element("button", "quiet-button");
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.append(picture(path));
  button.addEventListener("click", act);
  return button;
}
