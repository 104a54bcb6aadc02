import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Sha256 } from "./types.ts";

export const isSha256 = (text: string): boolean => /^[0-9a-f]{64}$/.test(text);

/**
 * A folder's name for an owner: two owners never share one, whatever their names are made of and whether or not the
 * disk tells capitals from small letters. The beginning is for people.
 *
 * @example
 * ownerFolder("../DE") // "___de-a1b6f16723e9fc17f2bfad5b82df0766"
 */
export function ownerFolder(owner: string): string {
  const hash = createHash("sha256").update(JSON.stringify(owner)).digest("hex");
  return `${owner
    .slice(0, 40)
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]/g, "_")}-${hash.slice(0, 32)}`;
}

/** Where things lie in a store's folder. */
export interface Places {
  readonly whole: string;
  readonly parts: string;
  readonly sent: string;
  readonly temporary: string;
  readonly wholeOf: (sha256: Sha256) => string;
  readonly partOf: (owner: string, sha256: Sha256) => string;
  /** Holds an empty file for every owner who sent all of a blob. */
  readonly sendersOf: (sha256: Sha256) => string;
  readonly senderOf: (owner: string, sha256: Sha256) => string;
}

export function placesIn(directory: string): Places {
  const [whole, parts, sent] = [
    join(directory, "whole"),
    join(directory, "parts"),
    join(directory, "sent"),
  ];
  const sendersOf = (sha256: Sha256) => join(sent, sha256.slice(0, 2), sha256);
  return {
    whole,
    parts,
    sent,
    temporary: join(directory, "temporary"),
    wholeOf: (sha256) => join(whole, sha256.slice(0, 2), sha256),
    partOf: (owner, sha256) => join(parts, ownerFolder(owner), sha256),
    sendersOf,
    senderOf: (owner, sha256) => join(sendersOf(sha256), ownerFolder(owner)),
  };
}
