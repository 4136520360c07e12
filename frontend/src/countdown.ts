// Clocks that run: `<time data-until="2026-01-01T00:00:00Z">in 5 min</time>`; past their moment they say "now".

const SECOND = 1000;
const SOON = 60 * SECOND;
const UNITS: readonly [string, number][] = [["d", 86_400], ["h", 3_600], ["min", 60], ["s", 1]];

const clocks = new Set<HTMLElement>();
let running: ReturnType<typeof setInterval> | undefined;

/** Start every clock in `root`; called for the page, and for a region that was renewed. */
export function attach(root: ParentNode): void {
  for (const clock of root.querySelectorAll<HTMLElement>("[data-until]")) clocks.add(clock);
  tick();
  if (clocks.size > 0) running ??= setInterval(tick, SECOND);
}

/** Write a time that is left, its largest two units: `in 1 h 5 min`; `now` where none is left. */
export function left(milliseconds: number): string {
  let seconds = Math.ceil(milliseconds / SECOND);
  if (seconds <= 0) return "now";
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(seconds / size);
    seconds -= count * size;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return `in ${parts.slice(0, 2).join(" ")}`;
}

function tick(): void {
  for (const clock of clocks) {
    if (clock.isConnected) show(clock);
    else clocks.delete(clock);
  }
  if (clocks.size > 0) return;
  clearInterval(running);
  running = undefined;
}

function show(clock: HTMLElement): void {
  const remaining = Date.parse(clock.dataset["until"] ?? "") - Date.now();
  if (Number.isNaN(remaining)) return;
  const text = left(remaining);
  if (clock.textContent !== text) clock.textContent = text;
  clock.classList.toggle("soon", remaining < SOON);
}
