import assert from "node:assert/strict";
import { test } from "node:test";
import { ticks } from "../moments";
import { interval } from "../refreshing";
import type { PanelData } from "../wire";
import { scaleOf } from "./scale";
import { runs } from "./stat";
import { stretches } from "./states";
import { rowsOf } from "./table";

const bare = { min: null, max: null, thresholds: [], threshold_lines: false };
const limited = { ...bare, threshold_lines: true, thresholds: [{ color: "green", value: null }, { color: "red", value: 2 }] };

test("the axis begins at nothing, unless the values hardly differ", () => {
  assert.equal(scaleOf(5, 100, bare)[0], 0);
  assert.ok(scaleOf(99, 100, bare)[0] > 90);
  assert.ok(scaleOf(-5, 5, bare)[0] < -5);
});

test("the axis has a height where there is one value, or none", () => {
  for (const [low, high] of [[0, 0], [7, 7], [null, null]] as const) {
    const [bottom, top] = scaleOf(low, high, bare);
    assert.ok(top > bottom);
  }
});

test("the ends that a panel names hold", () => {
  assert.deepEqual(scaleOf(5, 300, { ...bare, min: 0, max: 100 }), [0, 100]);
});

test("a threshold near the values is in view, and one far away only where it always has to be", () => {
  assert.ok(scaleOf(0, 1, limited)[1] >= 2);
  assert.ok(scaleOf(0, 0.01, limited)[1] < 1);
  assert.ok(scaleOf(0, 0.01, limited, true)[1] >= 2);
});

test("equal values are one stretch, and a gap is none", () => {
  assert.deepEqual(stretches([1, 1, 0, null, 0]), [
    { value: 1, from: 0, to: 1 }, { value: 0, from: 2, to: 2 }, { value: 0, from: 4, to: 4 },
  ]);
});

const answered: PanelData = {
  state: "ok", message: "", start: 0, step: 0, count: 1, series: [
    { name: "", ref: "A", labels: { __name__: "x", route: "/a", job: "api" }, values: [3] },
    { name: "", ref: "A", labels: { route: "/b", job: "api" }, values: [5] },
    { name: "", ref: "B", labels: { job: "api", route: "/a" }, values: [0.5] },
  ],
};

test("series with equal labels are one row", () => {
  const { columns, rows } = rowsOf(answered, []);
  assert.deepEqual(columns.map(({ title }) => title), ["job", "route", "Value A", "Value B"]);
  assert.deepEqual(rows, [["api", "/a", 3, 0.5], ["api", "/b", 5, null]]);
});

test("a table shows the columns that it names", () => {
  const wanted = [{ source: "route", title: "Route" }, { source: "Value B", title: "Errors" }, { source: "Value", title: "Rate" }];
  assert.deepEqual(rowsOf(answered, wanted).rows, [["/a", 0.5, 3], ["/b", null, 5]]);
});

test("below the axis stands the clock, and the day where one begins", () => {
  const evening = Date.UTC(2026, 10, 24, 22) / 1000;
  assert.deepEqual(ticks([evening, evening + 3600, evening + 7200], 3600), ["22:00", "23:00", "Nov 25"]);
  assert.deepEqual(ticks([evening + 5], 5), ["22:00:05"]);
  assert.deepEqual(ticks([evening], 86_400), ["Nov 24"]);
});

test("an interval is read as it stands in addresses", () => {
  assert.deepEqual(["5s", "1m", "1h", "", "off", "0s"].map(interval), [5_000, 60_000, 3_600_000, 0, 0, 0]);
});

test("a course begins where something is known, and shows its gaps", () => {
  const across = runs([null, null, 1, 2, null, 3]).map((run) => run.map(([x]) => x));

  assert.deepEqual(across, [[80, 120], [200]]);
});
