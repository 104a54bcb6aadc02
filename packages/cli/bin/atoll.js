#!/usr/bin/env node
import { existsSync, mkdirSync } from "node:fs";
import module from "node:module";
import { dirname, join } from "node:path";

// Plain JavaScript, so that an old Node can read the message below instead of failing on types.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `atoll needs Node 22.18 or newer, this is ${process.versions.node}. Install Node 24; in a checkout on Linux, ` +
      "`npm ci` brings it and `npx atoll` uses it.",
  );
  process.exit(2);
}
// Each start after the first is faster: what was compiled is kept in the user's own cache, where nobody else can plant code.
const { HOME, XDG_CACHE_HOME = HOME && join(HOME, ".cache") } = process.env;
if (XDG_CACHE_HOME) {
  const folder = process.env.NODE_COMPILE_CACHE ?? join(XDG_CACHE_HOME, "atoll", "compiled");
  if (isMade(folder)) {
    // Threads find it by the variable.
    process.env.NODE_COMPILE_CACHE = folder;
    module.enableCompileCache(folder);
  }
}
const { main } = await import("../src/main.ts");
await main(process.argv.slice(2));

/** Level by level: below /proc, say, Node would try for ever to make several at once. */
function isMade(folder) {
  if (existsSync(folder)) return true;
  if (dirname(folder) === folder || !isMade(dirname(folder))) return false;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // Another process may have been quicker.
  }
  return existsSync(folder);
}
