import assert from "node:assert/strict";
import { test } from "node:test";
import { format, parts, tick } from "./units";
import table from "./units.table.json";

/** Of the table: 2025-11-24 16:00:00 UTC. */
const NOW = 1_764_000_000_000;

for (const { unit, value, decimals, text } of table) {
  const as = decimals === null ? "" : ` with ${decimals} decimals`;
  test(`${value} ${unit}${as} is ${text}`, () => {
    assert.equal(format(value, unit, decimals, NOW), text);
  });
}

test("the table has a hundred values", () => {
  assert.ok(table.length >= 100);
});

test("what is no number is said", () => {
  assert.equal(format(null, "s"), "–");
  assert.equal(format(Number.NaN, "s"), "NaN");
  assert.equal(format(Infinity, "bytes"), "+Inf");
  assert.equal(format(-Infinity, "bytes"), "-Inf");
});

test("round numbers at an axis have no zeros behind", () => {
  assert.deepEqual([0.25, 7500, 100, 0].map((value) => tick(value, "currencyUSD")), ["$0.25", "$7.5K", "$100", "$0"]);
  assert.equal(tick(-2500, "currencyUSD"), "-$2.5K");
  assert.equal(tick(0.006, "percentunit"), "0.6%");
});

test("a number comes in parts", () => {
  assert.deepEqual(parts(1500, "reqps"), { prefix: "", text: "1.50", suffix: "K req/s" });
  assert.deepEqual(parts(-40, "currencyUSD"), { prefix: "$", text: "-40", suffix: "" });
});
