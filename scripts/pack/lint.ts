import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { readManifest } from "./packages.ts";

/** What publint says of a staged package, at its strictest. All that is staged is published. */
export async function lint(folder: string): Promise<string[]> {
  const { messages, pkg } = await publint({ pkgDir: folder, strict: true, pack: false });
  const { name } = readManifest(folder);
  return messages.map(
    (message) => `${name}: ${message.code}: ${formatMessage(message, pkg, { color: false })}`,
  );
}
