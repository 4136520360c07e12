import assert from "node:assert/strict";
import { test } from "node:test";
import { called, enough, fixed, moved, QUICK, shown, stretched, written } from "./ranges";

// Not where the machine is: what is written is UTC everywhere.
process.env["TZ"] = "America/New_York";
const TEN = Date.UTC(2026, 10, 24, 10);

test("a quick range is called by its name", () => {
  assert.equal(called({ from: "now-1h", to: "now" }), "Last hour");
  assert.equal(new Set(QUICK.map(({ from }) => from)).size, QUICK.length);
});

test("any other range is called by its ends, and the day is said once", () => {
  assert.equal(called({ from: String(TEN), to: String(TEN + 7_200_000) }), "2026-11-24 10:00 to 12:00");
  assert.equal(called({ from: String(TEN), to: String(TEN + 86_400_000) }), "2026-11-24 10:00 to 2026-11-25 10:00");
  assert.equal(called({ from: "now-90m", to: "now-30m" }), "now-90m to now-30m");
});

test("what somebody writes is read, in UTC", () => {
  assert.equal(written(" now-6h "), "now-6h");
  assert.equal(written("now/d"), "now/d");
  assert.equal(written("2026-11-24 10:00"), String(TEN));
  assert.equal(written("2026-11-24T10:00:00Z"), String(TEN));
  assert.equal(written("2026-11-24"), String(TEN - 36_000_000));
  assert.equal(written(String(TEN)), String(TEN));
});

test("what is no time is refused", () => {
  for (const text of ["", "yesterday", "now-6", "2026-13-45", "10:00", "now-6h; x"]) assert.equal(written(text), undefined, text);
});

test("what is shown can be written again", () => {
  assert.equal(shown(String(TEN)), "2026-11-24 10:00");
  assert.equal(written(shown(String(TEN))), String(TEN));
  assert.equal(shown("now-1h"), "now-1h");
});

test("ranges move, grow and shrink", () => {
  assert.deepEqual(moved({ start: 100, end: 200 }, -0.5), { start: 50, end: 150 });
  assert.deepEqual(stretched({ start: 100, end: 200 }, 2), { start: 50, end: 250 });
  assert.deepEqual(fixed({ start: 1.0004, end: 2.0001 }), { from: "1000", to: "2001" });
});

test("a range that was dragged too short is made long enough", () => {
  assert.deepEqual(enough({ start: 100, end: 101 }), { start: 95.5, end: 105.5 });
  assert.deepEqual(enough({ start: 100, end: 160 }), { start: 100, end: 160 });
});
