// Moments as they are written; always UTC, as everything in the console.

const DAY = 86_400;

/** `14:05:30`, or `Nov 24, 14:05:30` of another day than `beside`. */
export function moment(seconds: number, beside = Date.now() / 1000): string {
  const text = new Date(seconds * 1000).toISOString();
  const clock = text.slice(11, 19);
  return Math.floor(seconds / DAY) === Math.floor(beside / DAY) ? clock : `${day(seconds)}, ${clock}`;
}

/** `Nov 24`. */
export function day(seconds: number): string {
  return new Date(seconds * 1000).toLocaleDateString("en-US", { timeZone: "UTC", month: "short", day: "numeric" });
}

/** What stands below an axis: the clock, and the day where one begins. */
export function ticks(splits: readonly number[], increment: number): string[] {
  let shown = "";
  return splits.map((seconds) => {
    const text = new Date(seconds * 1000).toISOString();
    if (increment >= DAY) return day(seconds);
    const clock = text.slice(11, increment < 60 ? 19 : 16);
    const [today, first] = [text.slice(0, 10), shown === ""];
    const begins = today !== shown;
    shown = today;
    return begins && !first ? day(seconds) : clock;
  });
}

/** `2026-11-24 14:05`, for a range's ends. */
export function stamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 16).replace("T", " ");
}
