// A dialog over the page; Escape and a click beside it close it, and the focus goes back to where it was.

import { element } from "./tools";

/** Make a dialog with a heading, which is not shown yet. */
export function dialog(title: string, kind: string): HTMLDialogElement {
  const made = element("dialog", kind);
  made.setAttribute("aria-label", title);
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  document.body.append(made);
  return made;
}
