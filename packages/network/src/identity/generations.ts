import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { readIdentityFile, writePrivateFile } from "./private-files.ts";

/*
 * Everything about a silo's identity lies in generations/N; the file "current" says which N counts. What changes is
 * written into generations/N+1 as a whole before that file is replaced.
 */

const CURRENT = "current";
const GENERATIONS = "generations";

export interface GenerationPaths {
  readonly folder: string;
  readonly key: string;
  readonly certificate: string;
  readonly authority: string;
  readonly server: string;
}

/** The generation that counts; undefined before there is any. */
export function currentGeneration(folder: string): GenerationPaths | undefined {
  const number = currentNumber(folder);
  return number === undefined ? undefined : pathsOf(folder, number);
}

/** The generation that comes next. */
export function pendingGeneration(folder: string): GenerationPaths {
  return pathsOf(folder, (currentNumber(folder) ?? 0) + 1);
}

/** Lets the pending generation count, then deletes those before it: their keys are of no use any more. */
export function flipGeneration(folder: string): void {
  const number = (currentNumber(folder) ?? 0) + 1;
  writePrivateFile(join(folder, CURRENT), `${number}\n`);
  for (const name of readdirSync(join(folder, GENERATIONS)))
    if (Number(name) < number) rmSync(join(folder, GENERATIONS, name), { recursive: true });
}

function pathsOf(folder: string, number: number): GenerationPaths {
  const generation = join(folder, GENERATIONS, String(number));
  return {
    folder: generation,
    key: join(generation, "key.pem"),
    certificate: join(generation, "certificate.pem"),
    authority: join(generation, "authority.pem"),
    server: join(generation, "server.json"),
  };
}

function currentNumber(folder: string): number | undefined {
  const text = readIdentityFile(join(folder, CURRENT))?.trim();
  if (text === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(text))
    throw new AtollError(
      "IDENTITY_DAMAGED",
      `${join(folder, CURRENT)} holds no number of a folder in ${GENERATIONS}; write the highest of those that hold a certificate into it`,
    );
  return Number(text);
}
