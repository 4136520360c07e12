// On every page: what makes it live, the keys, and what only some pages need, loaded where one does.

import htmx from "htmx.org";
import { addCopyButtons } from "./copy";
import { listenToKeys } from "./keyboard";
import { listen, onRenewed } from "./live";
import { note } from "./regions";
import { addSearch } from "./search";
import { addThemeButton } from "./theme";

htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;

/** What a page may hold, and the module that sees to it: each exports `attach(root)`. */
const parts: readonly [string, () => Promise<{ attach(root: ParentNode): void }>][] = [
  ["[data-chart-url]", () => import("./charts")],
  ["[data-until]", () => import("./countdown")],
  ["code.language-mermaid", () => import("./mermaid")],
];

function attachTo(root: ParentNode): void {
  addCopyButtons(root);
  for (const [selector, load] of parts) {
    if (root.querySelector(selector)) void load().then((part) => part.attach(root));
  }
}

onRenewed((region) => {
  htmx.process(region);
  attachTo(region);
});
document.body.addEventListener("htmx:afterSettle", (event) => {
  if (event.target instanceof Element) attachTo(event.target);
});

note(document);
addSearch();
addThemeButton();
listenToKeys();
attachTo(document);
listen();
