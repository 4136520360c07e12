// One stream a page tells what changed; regions marked `data-live` are then renewed, all of them with one request.
//
// A hidden tab listens to nothing: browsers open few connections to one host, and a dozen tabs would use them up.
// When it is seen again it asks for what it missed.

import { Notice } from "./notice";
import { exchange } from "./regions";

const GATHER_MILLISECONDS = 250;
const LOST_AFTER_MILLISECONDS = 3000;
const FIRST_WAIT_MILLISECONDS = 1000;
const LONGEST_WAIT_MILLISECONDS = 30_000;
const EVENTS = ["pages", "incidents", "silences", "alerts", "on-call", "figures"] as const;

type Renewed = (region: HTMLElement) => void;

const lost = new Notice("The connection is lost: what you see may be old. Trying again…");
const loggedOut = new Notice("You are logged out; what you see is no longer renewed.", "/login");
const listeners: Renewed[] = [];
const gathered = new Set<string>();

let address = "";
let stream: EventSource | undefined;
let lastId = "";
let wait = FIRST_WAIT_MILLISECONDS;
let again: ReturnType<typeof setTimeout> | undefined;
let worry: ReturnType<typeof setTimeout> | undefined;
let gathering: ReturnType<typeof setTimeout> | undefined;

/** Call back with every region that was put anew into the page. */
export function onRenewed(renewed: Renewed): void {
  listeners.push(renewed);
}

/** Listen, where the page says to what. */
export function listen(): void {
  address = document.body.dataset["liveUrl"] ?? "";
  if (!address) return;
  lastId = document.body.dataset["liveSince"] ?? "";
  document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
  // A page that the browser keeps for the way back must have no open connection.
  addEventListener("pagehide", close);
  addEventListener("pageshow", (event) => { if (event.persisted) open(); });
  if (document.readyState === "complete") open();
  else addEventListener("load", open, { once: true });
}

/** Renew every live region now. */
export function renewAll(): void {
  changed(EVENTS);
}

function open(): void {
  if (stream || document.hidden) return;
  clearTimeout(again);
  const source = new EventSource(lastId ? `${address}?since=${encodeURIComponent(lastId)}` : address);
  stream = source;
  source.addEventListener("open", heard);
  source.addEventListener("changed", (event: MessageEvent<string>) => {
    remember(event.lastEventId);
    changed(topicsOf(event.data));
  });
  source.addEventListener("message", (event) => remember(event.lastEventId));
  source.addEventListener("error", () => failed(source));
}

function close(): void {
  stream?.close();
  stream = undefined;
  clearTimeout(again);
  clearTimeout(worry);
  worry = undefined;
}

function heard(): void {
  wait = FIRST_WAIT_MILLISECONDS;
  clearTimeout(worry);
  worry = undefined;
  if (lost.shown) {
    lost.hide();
    renewAll();
  }
}

/** The browser tries again by itself, but not where the answer was a refusal. */
function failed(source: EventSource): void {
  worry ??= setTimeout(() => lost.show(), LOST_AFTER_MILLISECONDS);
  if (source.readyState !== EventSource.CLOSED || source !== stream) return;
  stream = undefined;
  again = setTimeout(open, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MILLISECONDS);
}

function remember(id: string): void {
  if (id) lastId = id;
}

function topicsOf(data: string): string[] {
  try {
    const told: unknown = JSON.parse(data);
    const topics = typeof told === "object" && told !== null && "topics" in told ? told.topics : [];
    return Array.isArray(topics) ? topics.filter((topic): topic is string => typeof topic === "string") : [];
  } catch {
    return [];
  }
}

function changed(topics: readonly string[]): void {
  for (const topic of topics) {
    gathered.add(topic);
    document.body.dispatchEvent(new CustomEvent(`live:${topic}`));
  }
  gathering ??= setTimeout(() => void renew(), GATHER_MILLISECONDS);
}

async function renew(): Promise<void> {
  gathering = undefined;
  const regions = affected(gathered);
  gathered.clear();
  if (regions.length === 0) return;
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => undefined);
  if (!answer) return;
  if (new URL(answer.url).pathname === "/login") {
    loggedOut.show();
    close();
    return;
  }
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const region of regions) {
    const fresh = exchange(region, page.getElementById(region.id));
    if (fresh) listeners.forEach((renewed) => renewed(fresh));
  }
}

function affected(topics: ReadonlySet<string>): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-live]")].filter((region) =>
    (region.dataset["live"] ?? "").split(/\s+/).some((topic) => topics.has(topic)),
  );
}
