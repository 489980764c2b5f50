/**
 * Builds the pages: `node build.mjs OUT` leaves each in a folder of its own below OUT, ready to be
 * served, with the same bytes every time. What a page consists of is in its build.json; a page is a
 * folder here that has one.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const OPTIONS = {
  absWorkingDir: HERE,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "esm",
  legalComments: "eof", // the packages' licences stay in what is served
  logLevel: "warning",
  target: ["es2022", "chrome110", "firefox115", "safari16.4"],
};

async function buildPage(name, out) {
  const folder = join(HERE, name);
  const parts = JSON.parse(await readFile(join(folder, "build.json"), "utf8"));
  const fresh = `${out}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const bundle = (entry, file, more = {}) =>
    esbuild.build({
      ...OPTIONS,
      ...more,
      entryPoints: [join(folder, entry)],
      outfile: join(fresh, file),
    });
  for (const [file, entry] of Object.entries(parts.scripts)) await bundle(entry, file);
  for (const file of parts.copied) await cp(join(folder, file), join(fresh, file));
  await drawIcons(parts.icons ?? {}, folder, fresh);
  await writeFile(join(fresh, "licences.txt"), await licences());
  // The worker comes last: it names all other files and carries their digest.
  const files = (await readdir(fresh)).sort();
  const define = {
    FILES: JSON.stringify(["./", ...files.filter((file) => file !== "index.html")]),
    VERSION: JSON.stringify(await digest(fresh, files)),
  };
  for (const [file, entry] of Object.entries(parts.worker ?? {})) {
    await bundle(entry, file, { define, format: "iife" });
  }
  await replace(fresh, out);
  // What tests of the page's own modules import under node; not served.
  for (const [file, entry] of Object.entries(parts.library ?? {})) {
    const outfile = join(dirname(out), "test", name, file);
    await esbuild.build({ ...OPTIONS, entryPoints: [join(folder, entry)], outfile, minify: false });
  }
}

async function drawIcons(icons, folder, out) {
  if (Object.keys(icons).length === 0) return;
  const { initWasm, Resvg } = await import("@resvg/resvg-wasm");
  const wasm = fileURLToPath(import.meta.resolve("@resvg/resvg-wasm/index_bg.wasm"));
  await initWasm(await readFile(wasm));
  const svg = await readFile(join(folder, "icon.svg"), "utf8");
  for (const [file, width] of Object.entries(icons)) {
    const picture = new Resvg(svg, { fitTo: { mode: "width", value: width } });
    await writeFile(join(out, file), picture.render().asPng());
  }
}

/** The terms of every package that is bundled into a page. */
async function licences() {
  const declared = JSON.parse(await readFile(join(HERE, "package.json"), "utf8"));
  const texts = Object.keys(declared.dependencies).map(async (name) => {
    const folder = join(HERE, "node_modules", name);
    const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const files = (await readdir(folder)).filter((file) => /^licen[cs]e/i.test(file)).sort();
    if (files.length === 0) throw new Error(`${name} comes without its licence`);
    const terms = await Promise.all(files.map((file) => readFile(join(folder, file), "utf8")));
    return [`${name} ${version}`, ...terms].join("\n\n");
  });
  return (await Promise.all(texts)).join(`\n${"=".repeat(72)}\n\n`);
}

async function digest(folder, files) {
  const hash = createHash("sha256");
  for (const file of files) {
    const data = await readFile(join(folder, file));
    hash.update(`${file}\0${data.length}\0`).update(data);
  }
  return hash.digest("hex").slice(0, 16);
}

/** A server sees the old folder or the new one, whole. */
async function replace(fresh, out) {
  const old = `${out}.old`;
  await rm(old, { recursive: true, force: true });
  await rename(out, old).catch((error) => {
    if (error.code !== "ENOENT") throw error;
  });
  await rename(fresh, out);
  await rm(old, { recursive: true, force: true });
}

const out = resolve(process.argv[2] ?? join(HERE, "..", "build", "web"));
for (const name of (await readdir(HERE)).sort()) {
  if (existsSync(join(HERE, name, "build.json"))) await buildPage(name, join(out, name));
}
