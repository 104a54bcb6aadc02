/*
 * A newcomer's path, typed as the tutorial says: `npm run newcomer`. Makes the packages, installs them into an empty folder,
 * types every command of the tutorial there, and fails when one fails, prints something else than shown, or when all of
 * it takes longer than ten minutes. It needs the package registry.
 */
import { mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { installBlock, typeBlock, walkTutorial, type Typed } from "./newcomer-path.ts";

const LIMIT_SECONDS = 600;

const root = resolve(import.meta.dirname, "..");
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };
const place = await mkdtemp(join(tmpdir(), "atoll-newcomer-"));
const write = (line: string) => process.stdout.write(`${line}\n`);
const show = ({ at, seconds, exitCode, output, missing }: Typed) => {
  write(
    `${exitCode === 0 && missing === undefined ? "ok    " : "FAILED"} ${at} (${seconds.toFixed(1)} s)`,
  );
  if (exitCode !== 0) write(output);
  if (missing !== undefined) write(`does not print: ${missing}\n${output}`);
};

try {
  const packed = await typeBlock("npm run pack", { folder: root, env });
  show({ at: "npm run pack", missing: undefined, ...packed });
  const started = performance.now();
  await symlink(root, join(place, "atoll"));
  const installed = await typeBlock(installBlock(), { folder: place, env });
  show({ at: "install", missing: undefined, ...installed });
  const folder = join(place, "markets");
  await mkdir(folder, { recursive: true });
  const typed = installed.exitCode === 0 ? await walkTutorial({ folder, env, onTyped: show }) : [];
  const seconds = (performance.now() - started) / 1000;
  const failed = typed.filter(({ exitCode, missing }) => exitCode !== 0 || missing !== undefined);
  write(
    `${typed.length} commands in ${seconds.toFixed(0)} s on ${availableParallelism()} cores, the installation among them; ${failed.length} failed.`,
  );
  if (typed.length === 0 || failed.length > 0 || seconds > LIMIT_SECONDS) process.exitCode = 1;
} finally {
  await rm(place, { recursive: true, force: true });
}
