import assert from "node:assert/strict";
import { test } from "node:test";
import { calculated, lastOf, moments, stacked, worded } from "./numbers";
import type { Series } from "./wire";

const line = (...values: (number | null)[]): Series => ({ name: "", ref: "A", labels: {}, values });

test("a series is said in mean, largest and last", () => {
  assert.deepEqual(calculated([1, null, 5, 3, null]), { mean: 3, max: 5, last: 3 });
  assert.deepEqual(calculated([-4, -2]), { mean: -3, max: -2, last: -2 });
});

test("of nothing nothing is said", () => {
  assert.deepEqual(calculated([null, null]), { mean: null, max: null, last: null });
  assert.equal(lastOf([]), null);
});

test("zero is a last value", () => {
  assert.equal(lastOf([1, 0, null]), 0);
});

test("lines are stacked on those before them, and what is missing adds nothing", () => {
  assert.deepEqual(stacked([line(1, 2, 3), line(10, null, 30)]), [[1, 2, 3], [11, null, 33]]);
  assert.deepEqual(stacked([line(null, 2), line(10, 20)]), [[null, 2], [10, 22]]);
});

test("moments follow each other at the step", () => {
  assert.deepEqual(moments(1000, 15, 3), [1000, 1015, 1030]);
});

test("a mapped value is its word, and any other the number", () => {
  const view = { unit: "s", decimals: null, mappings: [{ value: "1", text: "UP", color: "green" }] };
  assert.equal(worded(1, view), "UP");
  assert.equal(worded(2, view), "2 s");
  assert.equal(worded(null, view), "–");
});
