// The colours of a heatmap, from rare to common; the lightness rises evenly, so that it is read without seeing hues.

const STOPS: readonly (readonly [number, number, number])[] = [
  [38, 32, 68], [82, 35, 110], [135, 44, 118], [190, 56, 104], [230, 90, 84], [249, 146, 96], [253, 205, 140], [252, 240, 196],
];
const COUNT = 64;

const SHADES: readonly string[] = Array.from({ length: COUNT }, (_, place) => {
  const at = (place / (COUNT - 1)) * (STOPS.length - 1);
  const [low, high] = [STOPS[Math.floor(at)], STOPS[Math.ceil(at)]];
  const mixed = [0, 1, 2].map((part) => Math.round((low?.[part] ?? 0) + ((high?.[part] ?? 0) - (low?.[part] ?? 0)) * (at % 1)));
  return `rgb(${mixed.join(", ")})`;
});
const TURNED: readonly string[] = [...SHADES].reverse();

/** Return the colours as CSS writes them; what is rare is nearest to the paper. */
export function shades(dark: boolean): readonly string[] {
  return dark ? SHADES : TURNED;
}
