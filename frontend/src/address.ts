// What somebody looks at stands in the address, named as Grafana names it: a link shows another the same.

/** Names of what a question for data takes from the address. */
const ASKED = /^(from|to|var-.+)$/;

type Change = Record<string, string | readonly string[] | null>;

/** Return what the address says of something; empty where it says nothing. */
export function told(name: string): string {
  return new URLSearchParams(location.search).get(name) ?? "";
}

/** Return every value that the address says. */
export function allTold(name: string): string[] {
  return new URLSearchParams(location.search).getAll(name);
}

/** Write into the address; null takes away. The way back leads to what was there before. */
export function write(change: Change): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    query.delete(name);
    for (const one of value === null ? [] : [value].flat()) query.append(name, one);
  }
  const text = query.toString();
  history.pushState(null, "", `${location.pathname}${text ? `?${text}` : ""}${location.hash}`);
}

/** Return the part of the address that a question for data repeats. */
export function asked(): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (ASKED.test(name)) query.append(name, value);
  }
  return query;
}
