import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutPrompts } from "./copy";

test("a command is copied without its prompt, and without what it answered", () => {
  assert.equal(withoutPrompts("$ redis-cli ping\nPONG\n$ redis-cli info\n"), "redis-cli ping\nredis-cli info");
});

test("a block without prompts is copied as it stands", () => {
  assert.equal(withoutPrompts("if true; then\n  echo $ x\nfi\n\n"), "if true; then\n  echo $ x\nfi");
});
