// Bundles what the browser runs into the folder that the service serves: `node build.mjs [--watch] [FOLDER]`.
//
// An entry keeps its name, and its address carries a checksum (the templates' `built`); everything else is a chunk
// whose name is its checksum, so that a browser may keep it for ever. Beside each file lies the same file, gzipped.
// An entry is never imported by another module: it would be loaded a second time, under its other address.

import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { build, context } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ENTRIES = ["early.ts", "shell.ts", "dashboard.ts", "diagram.ts", "charts.css"];
const options = process.argv.slice(2);
const watching = options.includes("--watch");
const target = resolve(options.find((option) => !option.startsWith("--"))
  ?? join(HERE, "../src/steward/oncall/web/static/build"));

// Made elsewhere and put in place whole: a service that runs never serves half of it.
const fresh = await mkdtemp(join(HERE, "node_modules", ".build-"));

const wanted = {
  absWorkingDir: HERE,
  entryPoints: ENTRIES.map((name) => join("src", name)).filter((path) => existsSync(join(HERE, path))),
  outdir: watching ? target : fresh,
  entryNames: "[name]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["chrome111", "firefox113", "safari16.4"],
  minify: !watching,
  legalComments: "none",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "warning",
};

const smaller = promisify(gzip);

async function compress() {
  for (const name of await readdir(fresh)) {
    if (!/\.(js|css)$/.test(name)) continue;
    await writeFile(join(fresh, `${name}.gz`), await smaller(await readFile(join(fresh, name)), { level: 9 }));
  }
}

async function replace() {
  const old = `${fresh}-old`;
  await mkdir(dirname(target), { recursive: true });
  if (existsSync(target)) await rename(target, old);
  await chmod(fresh, 0o755);
  await rename(fresh, target);
  await rm(old, { recursive: true, force: true });
}

if (watching) {
  await rm(target, { recursive: true, force: true });
  await (await context(wanted)).watch();
} else {
  try {
    await build(wanted);
    await compress();
    await replace();
  } catch (error) {
    // What is wrong in a source esbuild has said already, with its place.
    if (!error.errors) console.error(String(error));
    process.exitCode = 1;
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
