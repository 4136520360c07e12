import assert from "node:assert/strict";
import { test } from "node:test";
import { ranked } from "./ranking";

const PLACES = [
  { title: "API Overview", address: "/d/api", kind: "dashboard" },
  { title: "HighErrorRate", address: "/alerts/HighErrorRate", kind: "alert" },
  { title: "High error rate", address: "/runbooks/high-error-rate", kind: "runbook" },
  { title: "Overview", address: "/", kind: "section" },
];
const titles = (typed: string): string[] => ranked(PLACES, typed).map((place) => place.title);

test("nothing typed means everything, in its order", () => {
  assert.deepEqual(titles(" "), PLACES.map((place) => place.title));
});

test("what begins with it comes first", () => {
  assert.deepEqual(titles("over"), ["Overview", "API Overview"]);
});

test("an alert is found by its words, and every word counts", () => {
  assert.deepEqual(titles("error"), ["HighErrorRate", "High error rate"]);
  assert.deepEqual(titles("error runbook"), ["High error rate"]);
  assert.deepEqual(titles("error nothing"), []);
});
