// A line at the foot of the window about the page itself.

import { element } from "./tools";

/** One such line; it is read out when it appears. */
export class Notice {
  private line: HTMLElement | undefined;

  constructor(private readonly text: string, private readonly address = "") {}

  get shown(): boolean {
    return this.line !== undefined;
  }

  show(): void {
    if (this.line) return;
    this.line = element("div", "notice warn connection", this.text);
    this.line.setAttribute("role", "status");
    if (this.address) this.line.append(" ", this.link());
    document.body.append(this.line);
  }

  hide(): void {
    this.line?.remove();
    this.line = undefined;
  }

  private link(): HTMLAnchorElement {
    const link = element("a", "", "Log in");
    link.href = `${this.address}?next=${encodeURIComponent(location.pathname)}`;
    return link;
  }
}
