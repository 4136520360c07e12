// What stands beside a panel's title: what it means, where it leads, and a button to see it alone.

import { popover } from "./popover";
import { sign } from "./timepicker";
import { element } from "./tools";
import type { PanelView } from "./wire";

const ALONE = "M6 2H2v4M10 2h4v4M6 14H2v-4M10 14h4v-4";
const MEANING = "M8 7v4.5M8 4.6v.1M8 1.5a6.5 6.5 0 1 0 .01 0";

/** Add the buttons to a panel; `alone` is called to see it alone, or with the others again. */
export function addHead(section: HTMLElement, view: PanelView, alone: () => void): void {
  const heading = section.querySelector("h2");
  if (!heading) return;
  const head = element("header");
  heading.replaceWith(head);
  head.append(heading);
  if (view.description || view.links.length > 0) head.append(meaning(view));
  const button = sign(`${view.title}: alone, or all panels (v)`, ALONE, alone);
  button.classList.add("alone");
  head.append(button);
}

function meaning(view: PanelView): DocumentFragment {
  const made = document.createDocumentFragment();
  const button = sign(`What ${view.title} means`, MEANING, () => {});
  made.append(button);
  const note = popover(button, "meaning", `What ${view.title} means`);
  for (const paragraph of view.description.split(/\n\s*\n/).filter(Boolean)) note.append(element("p", "", paragraph));
  const links = element("p", "links");
  for (const { title, url } of view.links) {
    if (!/^(https?:|\/|#)/.test(url)) continue;
    const link = element("a", "", title || url);
    link.href = url;
    link.rel = "noreferrer";
    links.append(link);
  }
  if (links.childElementCount > 0) note.append(links);
  return made;
}
