// Runs the tests beside the sources, `src/**/*.test.ts`: bundles them for Node, then hands them to `node --test`.

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const names = await readdir(join(HERE, "src"), { recursive: true });
const tests = names.filter((name) => name.endsWith(".test.ts")).sort();
if (tests.length === 0) {
  console.log("no tests");
  process.exit(0);
}
const folder = await mkdtemp(join(HERE, "node_modules", ".tests-"));
try {
  await build({
    absWorkingDir: HERE,
    entryPoints: tests.map((name) => join("src", name)),
    outbase: "src",
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    sourcemap: "inline",
    logLevel: "warning",
  });
  const built = tests.map((name) => join(folder, name.replace(/\.ts$/, ".mjs")));
  const ended = spawnSync(process.execPath, ["--enable-source-maps", "--test", ...built], { encoding: "utf-8" });
  const passed = ended.status === 0;
  // What passed is one line; what did not is told whole.
  console.log(passed ? summary(ended.stdout) : ended.stdout + ended.stderr);
  process.exitCode = passed ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}

function summary(output) {
  return `${/^(?:#|ℹ) pass (\d+)$/m.exec(output)?.[1] ?? "all"} passed`;
}
