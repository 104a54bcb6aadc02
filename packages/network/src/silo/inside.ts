import { realpath } from "node:fs/promises";
import { isAbsolute, relative, sep } from "node:path";
import { AtollError } from "@atoll/core/errors";

/**
 * Refuses (DATA_OUTSIDE) a path of a job that says by its words that it leaves the silo's data folder, before anything
 * looks at the disk. `what` names the setting; the path itself is the job's own.
 */
export function checkWords(path: string, what: string): void {
  const parts = path.split(/[\\/{},()|]/);
  if (isAbsolute(path) || parts.includes("..") || path.includes("\0")) throw outside(what);
}

/** Refuses (DATA_OUTSIDE) a file that lies elsewhere, such as where a link leads. */
export async function checkPlace(file: string, root: string, what: string): Promise<void> {
  const [place, base] = await Promise.all([realpath(file), realpath(root)]);
  const way = relative(base, place);
  if (way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) throw outside(what);
}

function outside(what: string): AtollError {
  return new AtollError(
    "DATA_OUTSIDE",
    `${what} leads out of the silo's data folder; give a path below it, without ..`,
  );
}
