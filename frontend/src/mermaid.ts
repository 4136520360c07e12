// Diagrams in runbooks: a block of Mermaid becomes a drawing, whose text stays at hand below it.
//
// It is drawn in a frame with a policy of its own, and comes out of it without styles; here they are set in ways
// that need no exception: a constructed style sheet, and properties.

import type { Answer, Colors, Drawn, Wish } from "./drawing";
import { element } from "./tools";

const FORBIDDEN = "script, foreignObject, image, iframe, use, animate, set";
const PATIENCE_MILLISECONDS = 15_000;

interface Diagram { id: string; text: string; figure: HTMLElement; sheet: CSSStyleSheet }

const diagrams = new Map<string, Diagram>();
let frame: HTMLIFrameElement | undefined;
let waiting: Wish[] = [];
let isReady = false;
let patience: ReturnType<typeof setTimeout> | undefined;

addEventListener("message", (event: MessageEvent<Answer>) => {
  if (event.origin === location.origin && frame && event.source === frame.contentWindow) hear(event.data);
});
document.addEventListener("themechange", () => diagrams.forEach(draw));

/** Draw every diagram in `root`. */
export function attach(root: ParentNode): void {
  for (const code of root.querySelectorAll<HTMLElement>("pre > code.language-mermaid")) {
    const block = code.parentElement;
    if (!block || block.closest("details.diagram-text")) continue;
    const id = `diagram-${diagrams.size + 1}`;
    const figure = element("figure", "diagram");
    figure.setAttribute("aria-label", "Diagram; its text is below");
    const text = element("details", "diagram-text");
    text.append(element("summary", "", "The diagram as text"));
    block.replaceWith(figure, text);
    text.append(block);
    const diagram = { id, text: code.textContent ?? "", figure, sheet: new CSSStyleSheet() };
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, diagram.sheet];
    diagrams.set(id, diagram);
    draw(diagram);
  }
}

function draw(diagram: Diagram): void {
  ask({ kind: "draw", id: diagram.id, text: diagram.text, colors: colors() });
}

function ask(wish: Wish): void {
  waiting.push(wish);
  if (!frame) {
    frame = element("iframe", "drawing-place");
    frame.title = "Where diagrams are drawn";
    frame.tabIndex = -1;
    frame.setAttribute("aria-hidden", "true");
    frame.src = "/diagram";
    document.body.append(frame);
    patience = setTimeout(() => diagrams.forEach((one) => say(one, "it could not be loaded")), PATIENCE_MILLISECONDS);
  }
  if (isReady) send();
}

function send(): void {
  for (const wish of waiting) frame?.contentWindow?.postMessage(wish, location.origin);
  waiting = [];
}

function hear(answer: Answer): void {
  if (answer.kind === "ready") {
    clearTimeout(patience);
    isReady = true;
    send();
    return;
  }
  const diagram = diagrams.get(answer.id);
  if (!diagram) return;
  if (answer.kind === "failed") say(diagram, answer.message);
  else show(diagram, answer);
}

function show(diagram: Diagram, drawn: Drawn): void {
  const root = new DOMParser().parseFromString(drawn.svg, "image/svg+xml").documentElement;
  root.querySelectorAll(FORBIDDEN).forEach((one) => one.remove());
  const svg = document.importNode(root, true);
  if (!(svg instanceof SVGSVGElement)) return say(diagram, "it came out as no picture");
  for (const one of [svg, ...svg.querySelectorAll<SVGElement>("*")]) harmless(one);
  diagram.sheet.replaceSync(drawn.css);
  diagram.figure.replaceChildren(svg);
}

function harmless(one: SVGElement): void {
  const style = one.getAttribute("data-style");
  for (const { name, value } of [...one.attributes]) {
    const leads = /(^|:)href$/.test(name) && !value.startsWith("#");
    if (leads || name.startsWith("on") || name === "data-style") one.removeAttribute(name);
  }
  if (style) one.style.cssText = style;
}

function say(diagram: Diagram, message: string): void {
  diagram.figure.replaceChildren(element("p", "quiet", `The diagram cannot be drawn: ${message}`));
}

function colors(): Colors {
  const computed = getComputedStyle(document.documentElement);
  const value = (name: string): string => computed.getPropertyValue(name).trim();
  return {
    dark: isDark(),
    font: value("--font") || "sans-serif",
    paper: value("--raised"),
    surface: value("--surface"),
    ink: value("--ink"),
    line: value("--quiet"),
    accent: value("--accent"),
  };
}

function isDark(): boolean {
  const theme = document.documentElement.dataset["theme"];
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}
