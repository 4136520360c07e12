// The keys. A page's own script may take a key first, and says so with `preventDefault`.

import { dialog } from "./dialog";
import { renewAll } from "./live";
import { openSearch } from "./search";
import { nextTheme } from "./theme";
import { element } from "./tools";

const PREFIX_MILLISECONDS = 1500;

const KEYS: readonly [string, string, () => void][] = [
  ["?", "show the keys", () => help()],
  ["/", "search pages", openSearch],
  ["r", "refresh", refresh],
  ["t", "change the theme", nextTheme],
  ["a", "acknowledge, on a page", acknowledge],
];
const DASHBOARD_KEYS: readonly [string, string][] = [
  ["v", "show the panel under the pointer alone, or all again"],
  ["z", "zoom out"],
  ["Shift ←", "earlier"],
  ["Shift →", "later"],
];

let prefixed: ReturnType<typeof setTimeout> | undefined;
let shown: HTMLDialogElement | undefined;

/** Listen to the keys; last of all, so that a page's own come first. */
export function listenToKeys(): void {
  window.addEventListener("keydown", pressed);
}

function pressed(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const act = prefixed === undefined ? keyed(event.key) : places().get(event.key);
  clearTimeout(prefixed);
  prefixed = undefined;
  if (!act) return;
  event.preventDefault();
  act();
}

function keyed(key: string): (() => void) | undefined {
  if (key === "g") return () => { prefixed = setTimeout(() => { prefixed = undefined; }, PREFIX_MILLISECONDS); };
  return KEYS.find(([one]) => one === key)?.[2];
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

function links(): HTMLAnchorElement[] {
  return [...document.querySelectorAll<HTMLAnchorElement>(".side a[data-key]")];
}

function places(): Map<string, () => void> {
  return new Map(links().map((link) => [link.dataset["key"] ?? "", () => location.assign(link.href)]));
}

/** A page that draws by itself takes the event `refresh`, and prevents its default. */
function refresh(): void {
  if (!document.dispatchEvent(new CustomEvent("refresh", { cancelable: true }))) return;
  if (document.querySelector("[data-live]")) renewAll();
  else location.reload();
}

/** Only where one page is shown: on a list the key could not say which. */
function acknowledge(): void {
  const forms = [...document.querySelectorAll<HTMLFormElement>('main form[action$="/acknowledge"]')];
  const [form] = forms;
  if (form && forms.length === 1 && /^\/pages\/\d+$/.test(location.pathname)) form.requestSubmit();
}

function help(): void {
  shown ??= helpDialog();
  shown.showModal();
}

function helpDialog(): HTMLDialogElement {
  const made = dialog("Keys", "keys");
  const list = element("dl", "lines");
  const more = document.getElementById("dashboard") ? DASHBOARD_KEYS : [];
  for (const [key, meaning] of [...KEYS, ...more]) list.append(line(key.split(" "), meaning));
  for (const link of links()) list.append(line(["g", link.dataset["key"] ?? ""], `go to ${link.textContent ?? ""}`));
  list.append(line(["Esc"], "close"));
  const close = element("button", "button small", "Close");
  close.type = "button";
  close.addEventListener("click", () => made.close());
  const head = element("div", "head");
  head.append(element("h2", "", "Keys"), close);
  made.append(head, list);
  return made;
}

function line(keys: readonly string[], meaning: string): HTMLElement {
  const row = element("div");
  const term = element("dt");
  for (const key of keys) term.append(element("kbd", "", key), " ");
  row.append(term, element("dd", "", meaning));
  return row;
}
