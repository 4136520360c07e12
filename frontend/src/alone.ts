// One panel that fills the page, `viewPanel` in the address.

import { told, write } from "./address";

const NAME = "viewPanel";

/** Show what the address says: one panel, or all. */
export function apply(root: HTMLElement): void {
  const id = told(NAME).replace(/^panel-/, "");
  const panel = id ? root.querySelector<HTMLElement>(`[data-panel="${CSS.escape(id)}"]`) : null;
  for (const one of root.querySelectorAll(".viewed")) one.classList.remove("viewed");
  root.toggleAttribute("data-viewing", panel !== null);
  panel?.classList.add("viewed");
  const group = panel?.closest("details");
  group?.classList.add("viewed");
  if (group) group.open = true;
  if (panel) scrollTo({ top: 0 });
}

/** See a panel alone, or all again. */
export function toggle(root: HTMLElement, section: HTMLElement): void {
  write({ [NAME]: section.classList.contains("viewed") ? null : section.dataset["panel"] ?? null });
  apply(root);
  if (!told(NAME)) section.scrollIntoView({ block: "center" });
}

/** Return the panel that a key means: the one alone, below the pointer, or with the focus. */
export function meant(root: HTMLElement): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>("[data-panel]") ?? null;
  return root.querySelector<HTMLElement>("[data-panel].viewed")
    ?? root.querySelector<HTMLElement>("[data-panel]:hover") ?? focused;
}
