// Puts a region of a fresh page in place of an old one, without taking away what somebody has in hand.

const written = new WeakMap<Element, string>();

/** Note how the regions of `root` were written, before scripts add to them. */
export function note(root: ParentNode): void {
  for (const region of root.querySelectorAll("[data-live]")) written.set(region, region.outerHTML);
}

/** Put `fresh` in place of `old`; returns it, or undefined where nothing changed or it has to wait. */
export function exchange(old: HTMLElement, fresh: HTMLElement | null): HTMLElement | undefined {
  if (!fresh || isTypedIn(old)) return undefined;
  const said = fresh.outerHTML;
  if ((written.get(old) ?? old.outerHTML) === said) return undefined;
  const active = document.activeElement;
  const focused = active && old.contains(active) ? nameOf(active) : "";
  const opened = [...old.querySelectorAll("details")].map((one) => one.open);
  const scrolled = old.scrollTop;
  const put = document.importNode(fresh, true);
  written.set(put, said);
  old.replaceWith(put);
  put.querySelectorAll("details").forEach((one, place) => { one.open = opened[place] ?? one.open; });
  put.scrollTop = scrolled;
  if (focused) focusOn(put, focused);
  return put;
}

/** Tell whether somebody writes in a region, which then stays as it is. */
function isTypedIn(region: HTMLElement): boolean {
  const active = document.activeElement;
  return !!active && region.contains(active) && active.matches("input, textarea, select, [contenteditable]");
}

/** Return what a link or button is told apart by; a place in a list would be another one's after the exchange. */
function nameOf(element: Element): string {
  const leads = element instanceof HTMLAnchorElement ? element.href : element.closest("form")?.action ?? "";
  return [element.tagName, leads, element.textContent].join("\n");
}

function focusOn(root: Element, name: string): void {
  for (const one of root.querySelectorAll<HTMLElement>("a, button, summary, [tabindex]")) {
    if (nameOf(one) === name) return one.focus({ preventScroll: true });
  }
}
