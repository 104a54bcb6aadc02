import { existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { walkTutorial } from "../scripts/newcomer-path.ts";

const root = resolve(import.meta.dirname, "..");

/** What npx does with an installed command, but for npm's own start; threads change no number, and each costs its start. */
const NPX = `#!/usr/bin/env bash
command=$1
shift
case $1 in
  run | compare | predict) set -- "$@" --threads 1 ;;
esac
exec "node_modules/.bin/$command" "$@"
`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-newcomer-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a newcomer who types the tutorial ends with an exported model that answers", async () => {
  // `npm run newcomer` installs the packages as the tutorial does; here they are linked.
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const bin = join(folder, "bin");
  await mkdir(bin);
  await writeFile(join(bin, "npx"), NPX, { mode: 0o755 });
  const typed = await walkTutorial({
    folder,
    env: {
      ...process.env,
      PATH: [bin, dirname(process.execPath), process.env.PATH].join(delimiter),
    },
  });
  for (const { at, exitCode, output, missing } of typed) {
    expect(exitCode, `${at}:\n${output}`).toBe(0);
    expect(missing, `${at} does not print this line:\n${output}`).toBe(undefined);
  }
  const probability = /probability of a click: (0\.\d+)/.exec(typed.at(-1)!.output)?.[1];
  const [, firstRow] = readFileSync(join(folder, "scores.csv"), "utf8").split("\n");
  expect(Number(probability)).toBeCloseTo(Number(firstRow!.split(",").at(-1)), 3);
  expect(existsSync(join(folder, "comparison/report.html"))).toBe(true);
}, 600_000);
