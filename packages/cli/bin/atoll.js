#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read the message below instead of failing on types.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `atoll needs Node 22.18 or newer, this is ${process.versions.node}. On Linux, \`npm ci\` brings its own ` +
      "and `npx atoll` uses it; elsewhere install Node 24.",
  );
  process.exit(2);
}
const { main } = await import("../src/main.ts");
await main(process.argv.slice(2));
