// A small window below a button; a click beside it and Escape close it.

import { element } from "./tools";

const EDGE = 8;

/** Make a popover that `button` opens, aligned to its right or left edge. */
export function popover(button: HTMLButtonElement, kind: string, label: string): HTMLElement {
  const made = element("div", `popover ${kind}`);
  made.popover = "auto";
  made.setAttribute("aria-label", label);
  made.setAttribute("role", "group");
  button.popoverTargetElement = made;
  button.setAttribute("aria-expanded", "false");
  made.addEventListener("toggle", (event) => {
    const open = (event as ToggleEvent).newState === "open";
    button.setAttribute("aria-expanded", String(open));
    if (open) place(made, button);
  });
  button.after(made);
  return made;
}

function place(made: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { width, height } = made.getBoundingClientRect();
  const left = Math.min(Math.max(EDGE, at.left), innerWidth - width - EDGE);
  const below = at.bottom + 4;
  const top = below + height > innerHeight - EDGE ? Math.max(EDGE, innerHeight - height - EDGE) : below;
  made.style.left = `${Math.round(Math.max(EDGE, left))}px`;
  made.style.top = `${Math.round(top)}px`;
}
