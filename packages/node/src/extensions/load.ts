import { isDeepStrictEqual } from "node:util";
import { pathToFileURL } from "node:url";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { install, kindOfExport, type Extension } from "@atoll/core/extensions";
import { readCode } from "./read-code.ts";
import { resolveModule } from "./resolve-module.ts";
import type { ExtensionCode, ExtensionRecord, LoadedExtension } from "./types.ts";

/** What this thread has loaded, by path: a module is loaded once, whatever becomes of its file. */
const loaded = new Map<string, LoadedExtension>();

/**
 * Loads the modules that an experiment in `directory` names, and adds what they hold to the tables of this thread.
 * The problems of all modules are reported at once.
 */
export async function loadExtensions(
  modules: readonly string[],
  directory: string,
): Promise<readonly LoadedExtension[]> {
  const found: LoadedExtension[] = [];
  const errors: AtollError[] = [];
  for (const module of new Set(modules)) {
    try {
      const path = resolveModule(module, directory);
      found.push(await load({ module, path, files: await readCode(path) }));
    } catch (error) {
      if (error instanceof AtollErrors) errors.push(...error.errors);
      else if (error instanceof AtollError) errors.push(error);
      else throw error;
    }
  }
  if (errors.length > 0) throw new AtollErrors(errors);
  return found;
}

/** A module that this thread has loaded already; undefined: it has not, or there is none. */
export function findLoaded(module: string, directory: string): LoadedExtension | undefined {
  try {
    return loaded.get(resolveModule(module, directory));
  } catch (error) {
    if (error instanceof AtollError) return undefined;
    throw error;
  }
}

/** What is remembered of modules, without where they lie and what they hold. */
export function recordsOf(extensions: readonly ExtensionCode[]): readonly ExtensionRecord[] {
  return extensions.map(({ module, files }) => ({ module, files }));
}

/** Loads modules again by what was remembered of them. EXTENSION_CHANGED where they are others; `since` says since when. */
export async function loadUnchanged(
  before: readonly ExtensionRecord[] = [],
  directory: string,
  since: string,
): Promise<readonly LoadedExtension[]> {
  const modules = before.map(({ module }) => module);
  const extensions = await loadExtensions(modules, directory);
  checkUnchanged(extensions, before, since);
  return extensions;
}

/** Loads code that another thread has loaded before. EXTENSION_CHANGED where its files are others by now. */
export async function loadCode(code: readonly ExtensionCode[]): Promise<void> {
  for (const { module, path, files } of code) {
    const now = { module, path, files: await readCode(path) };
    checkUnchanged([now], [{ module, files }], "this process began");
    await load(now);
  }
}

/** EXTENSION_CHANGED where code is not what it was; `since` says when that was, for the message. */
function checkUnchanged(
  now: readonly ExtensionRecord[],
  before: readonly ExtensionRecord[],
  since: string,
): void {
  const errors = now.flatMap(({ module, files }) => {
    const earlier = before.find((record) => record.module === module)?.files ?? {};
    if (isDeepStrictEqual(earlier, files)) return [];
    const names = new Set([...Object.keys(earlier), ...Object.keys(files)]);
    const changed = [...names].filter((name) => earlier[name] !== files[name]);
    return new AtollError(
      "EXTENSION_CHANGED",
      `extension ${module}: ${changed.join(", ")} ${changed.length === 1 ? "is" : "are"} not as when ${since}, and numbers of two codes are not of one experiment; put ${changed.length === 1 ? "it" : "them"} back, or begin a new run`,
    );
  });
  if (errors.length > 0) throw new AtollErrors(errors);
}

async function load(code: ExtensionCode): Promise<LoadedExtension> {
  const { module, path } = code;
  const earlier = loaded.get(path);
  if (earlier !== undefined) {
    checkUnchanged([code], [{ module, files: earlier.files }], "this process loaded it");
    return { ...earlier, module };
  }
  const extensions = await extensionsOf(code);
  for (const extension of extensions) install(extension, module);
  const done = { ...code, extensions };
  loaded.set(path, done);
  return done;
}

/** What a module exports; its own errors are told with its name. */
async function extensionsOf({ module, path }: ExtensionCode): Promise<readonly Extension[]> {
  const refuse = (problem: string, cause?: unknown) =>
    new AtollError("EXTENSION_INVALID", `extension ${module}: ${problem}`, { cause });
  let exported: Record<string, unknown>;
  try {
    exported = (await import(/* @vite-ignore */ pathToFileURL(path).href)) as typeof exported;
  } catch (error) {
    if (error instanceof AtollErrors)
      throw new AtollErrors(error.errors.map(({ message }) => refuse(message, error)));
    throw refuse(`cannot be loaded: ${textOf(error)}; mend ${path}`, error);
  }
  const values = [...new Set(Object.values(exported))];
  const kinds = values.map(kindOfExport);
  if (kinds.includes("foreign"))
    throw refuse(
      `was made by another copy of @atoll/core than the one that runs; install one version, where both ${path} and the atoll command find it`,
    );
  const extensions = values.filter((_, i) => kinds[i] === "extension");
  if (extensions.length > 0) return extensions as Extension[];
  const names = Object.keys(exported);
  throw refuse(
    `exports no extension${names.length > 0 ? `, but ${names.join(", ")}` : ""}; export const mine = extension({ methods: { ... } }), from @atoll/core/extensions`,
  );
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.name}: ${error.message.split("\n")[0]}`;
}
