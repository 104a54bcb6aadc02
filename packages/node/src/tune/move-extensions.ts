import { relative, resolve } from "node:path";
import type { Document } from "yaml";
import { isPath } from "../extensions/index.ts";

/** Names the files of an experiment's extensions from another folder; packages keep their names. */
export function moveExtensions(
  document: Document,
  { from, to }: { readonly from: string; readonly to: string },
): void {
  const named = (document.toJS() as { readonly extensions?: readonly string[] }).extensions ?? [];
  for (const [i, module] of named.entries())
    if (isPath(module)) {
      const path = relative(to, resolve(from, module)).replaceAll("\\", "/");
      document.setIn(["extensions", i], isPath(path) ? path : `./${path}`);
    }
}
