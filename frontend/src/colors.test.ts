import assert from "node:assert/strict";
import { test } from "node:test";
import { faded, lineVariables, mappedTo, stepOf } from "./colors";

test("what went wrong is red, and no two lines have the same colour", () => {
  const colors = lineVariables(["200", "201", "404", "500", "503"]);
  assert.equal(colors[0], "--line-1");
  assert.equal(colors[3], "--bad");
  assert.equal(new Set(colors).size, colors.length);
});

test("there are colours for any number of lines", () => {
  const names = Array.from({ length: 40 }, (_, place) => `line ${place}`);
  assert.ok(lineVariables(names).every((color) => /^--(line-\d+|bad)$/.test(color)));
});

test("a value has the colour of the last step that it reached", () => {
  const steps = [{ color: "red", value: null }, { color: "orange", value: 0.99 }, { color: "green", value: 0.999 }];
  assert.equal(stepOf(0.5, steps)?.color, "red");
  assert.equal(stepOf(0.99, steps)?.color, "orange");
  assert.equal(stepOf(1, steps)?.color, "green");
  assert.equal(stepOf(null, steps), undefined);
});

test("an empty mapping is not that of nothing", () => {
  assert.equal(mappedTo(0, [{ value: "", text: "?", color: "" }]), undefined);
  assert.equal(mappedTo(0, [{ value: "0", text: "DOWN", color: "red" }])?.text, "DOWN");
});

test("a colour is made fainter", () => {
  assert.equal(faded("#336699", 0.5), "#33669980");
  assert.match(faded("rebeccapurple", 0.25), /25%/);
});
