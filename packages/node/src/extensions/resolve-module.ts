import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { isAbsolute, join, resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";

/** Whether an experiment names a file; if not, it names a package. */
export function isPath(module: string): boolean {
  return /^\.{1,2}[\\/]/.test(module) || isAbsolute(module);
}

export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** The file of a module: a path is relative to the experiment's folder, a package is looked up from there. */
export function resolveModule(module: string, directory: string): string {
  const beside = resolve(directory, module);
  if (isPath(module)) {
    if (isFile(beside)) return beside;
    throw new AtollError(
      "EXTENSION_MISSING",
      `extension ${module}: there is no file ${beside}; a path is relative to the experiment file`,
    );
  }
  try {
    return createRequire(join(directory, "experiment.yaml")).resolve(module);
  } catch (error) {
    throw new AtollError(
      "EXTENSION_MISSING",
      isFile(beside)
        ? `extension ${module}: is looked up as a package, and there is none; for the file beside the experiment write ./${module}`
        : `extension ${module}: there is no package of this name in ${directory} or above; install it there, or give a path that begins with ./`,
      { cause: error },
    );
  }
}
