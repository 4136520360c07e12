// Small buttons in the bar, which are there only where scripts run.

const SVG = "http://www.w3.org/2000/svg";

/** Add a button to the bar, with a sign of one path on a grid of 16; returns it. */
export function tool(label: string, sign: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "quiet-button";
  button.setAttribute("aria-label", label);
  button.append(picture(sign));
  button.addEventListener("click", act);
  document.querySelector("[data-tools]")?.append(button);
  return button;
}

/** Return a drawing of one path. */
export function picture(sign: string): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", sign);
  svg.append(path);
  return svg;
}

/** Return an element with a class and a text, which is never read as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, kind = "", text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (kind) made.className = kind;
  if (text) made.textContent = text;
  return made;
}
