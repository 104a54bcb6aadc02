import { readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { writePrivateFile } from "../identity/private-files.ts";

const TOKEN_BYTES = 32;
const tokenPath = (directory: string) => join(directory, "admin-token");
const addressPath = (directory: string) => join(directory, "admin-address");

/** The token of a server's folder, made where there is none: whoever can read it may administer the server. */
export function keptAdminToken(
  directory: string,
  randomBytes: (count: number) => Uint8Array,
): string {
  const kept = readToken(directory);
  if (kept !== undefined) return kept;
  const token = Buffer.from(randomBytes(TOKEN_BYTES)).toString("base64url");
  writePrivateFile(tokenPath(directory), `${token}\n`);
  return token;
}

/** Says where the running server listens, for commands of the same machine; gives back how to unsay it. */
export function announceAdmin(directory: string, address: string): () => void {
  writePrivateFile(addressPath(directory), `${address}\n`);
  return () => rmSync(addressPath(directory), { force: true });
}

/**
 * How the server of a folder is reached, if it is not told: SERVER_DOWN where none runs there, ADMIN_DENIED where its
 * files are another user's.
 */
export function readAdminAccess(
  directory: string,
  told?: string,
): { readonly address: string; readonly token: string } {
  const token = readToken(directory);
  const address = told ?? readIfThere(addressPath(directory))?.trim();
  if (token === undefined || address === undefined)
    throw new AtollError(
      "SERVER_DOWN",
      `no server runs in ${directory}; start it with \`atoll server run ${directory}\`, or name the folder that it runs in`,
    );
  return { address, token };
}

function readToken(directory: string): string | undefined {
  const path = tokenPath(directory);
  const text = readIfThere(path);
  if (text === undefined) return undefined;
  const mode = statSync(path).mode & 0o777;
  // Windows has no such modes.
  if (process.platform !== "win32" && (mode & 0o077) !== 0)
    throw new AtollError(
      "ADMIN_TOKEN",
      `${path} has mode ${mode.toString(8)}, so others may have read it; delete it and start the server again, which makes a new one`,
    );
  const token = text.trim();
  if (!/^[\w-]{43}$/.test(token))
    throw new AtollError(
      "ADMIN_TOKEN",
      `${path} holds no token; delete it and start the server again, which makes a new one`,
    );
  return token;
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    if (code === "EACCES" || code === "EPERM")
      throw new AtollError(
        "ADMIN_DENIED",
        `${path} may only be read by the user that runs the server; type the command as that user`,
        { cause: error },
      );
    throw error;
  }
}
