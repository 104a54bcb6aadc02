import { createRequire } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { AtollError } from "@atoll/core/errors";

/** Packages that Atoll can use and does not bring along, with the versions it was tried with. */
const PEERS = {
  "node-llama-cpp": { version: "3.22.1", use: "augmentation.kind local" },
  "@huggingface/transformers": {
    version: "4.3.1",
    use: "augmentation.vectors.kind sentence",
  },
} as const;

export type Peer = keyof typeof PEERS;

/**
 * Loads an optional package: from where Atoll is installed or, where that has none, from the node_modules of
 * `folder`. Throws AUGMENTATION_PACKAGE where neither has it or it does not load.
 */
export async function importPeer(
  name: Peer,
  folder: string | undefined = process.env["ATOLL_PEERS"],
): Promise<unknown> {
  const place = placeOf(name, folder);
  if (place === undefined)
    throw problem(
      name,
      folder === undefined
        ? "is not installed"
        : `is not installed, and not in the folder of ATOLL_PEERS, "${folder}", either`,
    );
  try {
    return await import(place);
  } catch (cause) {
    throw problem(name, `does not load from ${place}: ${(cause as Error).message}`, cause);
  }
}

/** What `import` takes: the name itself where it is found from here, otherwise a file of the folder. */
function placeOf(name: Peer, folder: string | undefined): string | undefined {
  try {
    import.meta.resolve(name);
    return name;
  } catch {
    if (folder === undefined) return undefined;
  }
  try {
    const from = createRequire(resolve(folder, "package.json"));
    return pathToFileURL(from.resolve(name)).href;
  } catch {
    return undefined;
  }
}

function problem(name: Peer, state: string, cause?: unknown): AtollError {
  const { use, version } = PEERS[name];
  return new AtollError(
    "AUGMENTATION_PACKAGE",
    `${use} needs the package ${name}, which ${state}; install it outside of Atoll's lock file with ` +
      `"npm install --prefix ~/atoll-peers --ignore-scripts ${name}@${version}" and set ATOLL_PEERS=~/atoll-peers`,
    { cause },
  );
}
