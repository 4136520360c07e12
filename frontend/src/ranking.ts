// Which places a few typed letters may mean, the likeliest first.

export interface Place { title: string; address: string; kind: string }

/** Return the places that hold every word of `typed`; all of them for nothing typed. */
export function ranked(places: readonly Place[], typed: string): Place[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return places
    .map((place, at) => ({ place, at, worth: worth(place, words) }))
    .filter((one) => one.worth > 0)
    .sort((one, other) => other.worth - one.worth || one.at - other.at)
    .map((one) => one.place);
}

function worth(place: Place, words: readonly string[]): number {
  const title = place.title.toLowerCase();
  const all = `${title} ${spaced(place.title)} ${place.kind.toLowerCase()}`;
  let total = 1;
  for (const word of words) {
    if (!all.includes(word)) return 0;
    total += title.startsWith(word) ? 3 : all.includes(` ${word}`) ? 2 : 1;
  }
  return total;
}

/** Return `HighErrorRate` as `high error rate`. */
function spaced(name: string): string {
  return name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase();
}
