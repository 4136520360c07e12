import assert from "node:assert/strict";
import { test } from "node:test";
import { left } from "./countdown";

test("a time that is left is written with its two largest units", () => {
  const table: readonly [number, string][] = [
    [-5, "now"],
    [0, "now"],
    [1, "in 1 s"],
    [59_000, "in 59 s"],
    [60_000, "in 1 min"],
    [872_000, "in 14 min 32 s"],
    [3_600_000, "in 1 h"],
    [3_605_000, "in 1 h 5 s"],
    [93_784_000, "in 1 d 2 h"],
  ];
  for (const [milliseconds, text] of table) assert.equal(left(milliseconds), text);
});
