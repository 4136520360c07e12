// Goes to a page by its name: a dialog over all that the service knows, asked for once.

import { dialog } from "./dialog";
import { type Place, ranked } from "./ranking";
import { element, tool } from "./tools";

const MOST = 12;
const SIGN = "M7 2.5a4.5 4.5 0 1 0 .01 0M10.5 10.5 14 14";

let shown: HTMLDialogElement | undefined;
let known: Promise<Place[]> | undefined;

/** Put the button into the bar, where somebody is logged in. */
export function addSearch(): void {
  if (!document.querySelector(".side a")) return;
  tool("Search pages", SIGN, openSearch).title = "Search pages (/)";
}

/** Open the search. */
export function openSearch(): void {
  if (!document.querySelector(".side a")) return;
  shown ??= searchDialog();
  shown.showModal();
  shown.querySelector("input")?.select();
}

function places(): Promise<Place[]> {
  known ??= fetch("/find/places")
    .then((answer) => (answer.ok ? (answer.json() as Promise<Place[]>) : []))
    .catch(() => { known = undefined; return []; });
  return known;
}

function searchDialog(): HTMLDialogElement {
  const made = dialog("Search pages", "search");
  const field = element("input");
  field.type = "text";
  field.enterKeyHint = "go";
  field.placeholder = "Dashboard, alert, runbook, SLO…";
  field.autocomplete = "off";
  field.setAttribute("aria-label", "Search pages");
  field.setAttribute("role", "combobox");
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", "found");
  const list = element("ul");
  list.id = "found";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Pages found");
  made.append(field, list);
  const show = (): void => void places().then((all) => fill(list, field, ranked(all, field.value).slice(0, MOST)));
  field.addEventListener("input", show);
  field.addEventListener("keydown", (event) => steer(event, list, field));
  made.addEventListener("close", () => { field.value = ""; show(); });
  show();
  return made;
}

function fill(list: HTMLElement, field: HTMLInputElement, found: readonly Place[]): void {
  list.replaceChildren(...found.map(option));
  mark(list, field, 0);
}

function option(place: Place, at: number): HTMLElement {
  const row = element("li");
  row.id = `found-${at}`;
  row.setAttribute("role", "option");
  const link = element("a", "", place.title);
  link.href = place.address;
  link.tabIndex = -1;
  link.append(" ", element("span", "quiet", place.kind));
  row.append(link);
  return row;
}

function mark(list: HTMLElement, field: HTMLInputElement, at: number): void {
  [...list.children].forEach((row, place) => row.setAttribute("aria-selected", String(place === at)));
  const row = list.children[at];
  if (row) field.setAttribute("aria-activedescendant", row.id);
  else field.removeAttribute("aria-activedescendant");
  row?.scrollIntoView({ block: "nearest" });
}

function steer(event: KeyboardEvent, list: HTMLElement, field: HTMLInputElement): void {
  const rows = [...list.children];
  const at = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") mark(list, field, Math.min(at + 1, rows.length - 1));
  else if (event.key === "ArrowUp") mark(list, field, Math.max(at - 1, 0));
  else if (event.key === "Enter") rows[at]?.querySelector("a")?.click();
  else return;
  event.preventDefault();
}
