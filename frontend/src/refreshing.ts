// Asking again by itself, at an interval that may be chosen; not in a tab that nobody sees.

import { element } from "./tools";
import { sign } from "./timepicker";

const CHOICES: readonly [string, string][] = [
  ["", "Off"], ["5s", "5s"], ["10s", "10s"], ["30s", "30s"], ["1m", "1m"], ["5m", "5m"],
];
const AGAIN = "M13 8a5 5 0 1 1-1.5-3.5M13 2v3h-3";

/** Return an interval in milliseconds; 0 for never. */
export function interval(text: string): number {
  const [, count = "0", unit = "s"] = /^(\d+)(s|m|h)$/.exec(text) ?? [];
  return Number(count) * { s: 1_000, m: 60_000, h: 3_600_000 }[unit as "s" | "m" | "h"];
}

export class Refreshing {
  readonly element = element("div", "tool-group");
  private readonly select = element("select");
  private timer: ReturnType<typeof setTimeout> | undefined;
  private every = 0;
  private last = Date.now();

  constructor(private readonly refresh: () => void, chosen: (text: string) => void) {
    for (const [value, text] of CHOICES) this.select.append(new Option(text, value));
    this.select.setAttribute("aria-label", "Refresh every");
    this.select.addEventListener("change", () => chosen(this.select.value || "off"));
    this.element.append(sign("Refresh (r)", AGAIN, refresh), this.select);
    document.addEventListener("visibilitychange", () => this.begin());
  }

  /** Refresh at an interval as it stands in addresses, e.g. `30s`. */
  set(text: string): void {
    const value = interval(text) > 0 ? text : "";
    if (value && !CHOICES.some(([known]) => known === value)) this.select.append(new Option(value, value));
    this.select.value = value;
    this.every = interval(text);
    this.begin();
  }

  /** Count the interval from now on. */
  done(): void {
    this.last = Date.now();
    this.begin();
  }

  private begin(): void {
    clearTimeout(this.timer);
    if (this.every === 0 || document.hidden) return;
    this.timer = setTimeout(() => {
      this.last = Date.now();
      this.begin();
      this.refresh();
    }, Math.max(0, this.last + this.every - Date.now()));
  }
}
