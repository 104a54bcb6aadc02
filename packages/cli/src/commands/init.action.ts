import { stat, writeFile } from "node:fs/promises";
import { basename, dirname, relative, resolve } from "node:path";
import { tellingText } from "@atoll/core/data";
import { guessRoles, inspectSource, tellingRoles } from "@atoll/node/sources";
import type { AtollContext } from "../context.ts";
import { starterExperiment, type StarterClient } from "../starter.ts";
import { text } from "../text.ts";
import { UsageError } from "./usage-error.ts";
import type { InitFlags } from "./init.ts";

export async function action(context: AtollContext, { out, force }: InitFlags, ...files: string[]) {
  const target = resolve(context.cwd, out);
  if (!force && (await stat(target).catch(() => undefined)) !== undefined)
    throw new UsageError(text.initExists(out));
  const clients: StarterClient[] = files.map((file) => ({
    name: basename(file).split(".")[0] || basename(file),
    path: relative(dirname(target), resolve(context.cwd, file)),
  }));
  const repeated = clients.find(
    ({ name }, i) => clients.findIndex((other) => other.name === name) < i,
  );
  if (repeated)
    throw new UsageError(`two files would both be client "${repeated.name}"; rename one of them`);
  const first = files[0];
  const path = first === undefined ? undefined : resolve(context.cwd, first);
  const roles =
    path === undefined ? undefined : guessRoles(await inspectSource({ path, header: true }));
  await writeFile(target, starterExperiment(clients, roles));
  const telling = path === undefined || roles === undefined ? [] : await tellingRoles(path, roles);
  if (telling.length > 0)
    context.process.stdout.write(`Worrying (${first}): ${tellingText(telling)}.\n`);
  context.process.stdout.write(`${text.initWrote(out)}\n`);
}
