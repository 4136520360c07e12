// Small drawings that need no library.

const SVG = "http://www.w3.org/2000/svg";

type Attributes = Record<string, string | number>;

/** Return an SVG element with its attributes; colours are set as styles by `style`, which the policy allows. */
export function svg<K extends keyof SVGElementTagNameMap>(name: K, attributes: Attributes = {}): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Return a drawing that fills its place, for those who see it only. */
export function drawing(width: number, height: number, kind: string): SVGSVGElement {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, class: kind, "aria-hidden": "true" });
}

/** Return the path of an arc; angles in turns, clockwise from the top. */
export function arc(x: number, y: number, radius: number, from: number, to: number): string {
  const end = Math.min(to, from + 0.9999);
  const [x1, y1] = around(x, y, radius, from);
  const [x2, y2] = around(x, y, radius, end);
  return `M${x1} ${y1}A${radius} ${radius} 0 ${end - from > 0.5 ? 1 : 0} 1 ${x2} ${y2}`;
}

function around(x: number, y: number, radius: number, turns: number): [string, string] {
  const angle = turns * 2 * Math.PI;
  return [(x + radius * Math.sin(angle)).toFixed(2), (y - radius * Math.cos(angle)).toFixed(2)];
}
