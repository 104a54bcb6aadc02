#!/usr/bin/env node
import module from "node:module";
import { join } from "node:path";

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
  // Threads find it by the variable.
  process.env.NODE_COMPILE_CACHE ??= join(XDG_CACHE_HOME, "atoll", "compiled");
  module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
}
const { main } = await import("../src/main.ts");
await main(process.argv.slice(2));
