import { createHash } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import { z } from "zod";
import { publicKeyOf, rawPublicKey } from "./signing-key.ts";

const PREFIX = "atoll1.";
const TOKEN_BYTES = 32;
const MAX_INVITATION_CHARACTERS = 8000;

/** What lets one silo join one server, once. It holds a secret until it is used. */
export interface Invitation {
  /** Where the server is reached; the first that works is good. */
  readonly urls: readonly string[];
  /** 256 random bits, base64url: a secret. */
  readonly token: string;
  /** SHA-256 of the DER of the authority's certificate, in hex. */
  readonly authorityFingerprint: string;
  /** The key that signs the server's answers: SPKI, base64. */
  readonly serverPublicKey: string;
  readonly client: string;
  readonly expiresAtMs: number;
}

const base64url32 = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
const content = z.strictObject({
  u: z.array(z.string().min(1).max(500)).min(1).max(16),
  t: base64url32,
  a: base64url32,
  k: base64url32,
  c: z.string().min(1).max(200),
  e: z.number().int().nonnegative(),
});

export function makeToken(randomBytes: (count: number) => Uint8Array): string {
  return Buffer.from(randomBytes(TOKEN_BYTES)).toString("base64url");
}

/** What is kept of a token: SHA-256, in hex. */
export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** An invitation as one line without spaces: INVITATION_INVALID where it would be none. */
export function writeInvitation(invitation: Invitation): string {
  const made = content.safeParse({
    u: [...invitation.urls],
    t: invitation.token,
    a: Buffer.from(invitation.authorityFingerprint, "hex").toString("base64url"),
    k: Buffer.from(rawPublicKey(invitation.serverPublicKey) ?? []).toString("base64url"),
    c: invitation.client,
    e: invitation.expiresAtMs,
  });
  if (!made.success)
    throw invalid(
      `an invitation for "${invitation.client}" to ${invitation.urls.length} addresses cannot be made`,
      "give a name of 1 to 200 characters, and 1 to 16 addresses of at most 500",
    );
  return PREFIX + Buffer.from(JSON.stringify(made.data)).toString("base64url");
}

/** INVITATION_INVALID, which never repeats the line: it holds a secret. */
export function readInvitation(line: string, { nowMs }: { readonly nowMs: number }): Invitation {
  const text = line.trim();
  if (!text.startsWith(PREFIX))
    throw invalid(
      `an invitation begins with "${PREFIX}", and this text does not`,
      "paste the whole line that the server's operator sent",
    );
  const parsed = content.safeParse(parseContent(text.slice(PREFIX.length)));
  if (!parsed.success)
    throw invalid(
      `the invitation's ${text.length} characters are damaged or cut off`,
      "paste the whole line again, without line breaks inside",
    );
  const { u, t, a, k, c, e } = parsed.data;
  if (nowMs >= e)
    throw invalid(
      `the invitation for "${c}" expired at ${isoTime(e)}, and this machine's clock says ${isoTime(nowMs)}`,
      "ask the server's operator for another one, or set the clock if it is wrong",
    );
  return {
    urls: u,
    token: t,
    authorityFingerprint: Buffer.from(a, "base64url").toString("hex"),
    serverPublicKey: publicKeyOf(Buffer.from(k, "base64url")),
    client: c,
    expiresAtMs: e,
  };
}

function parseContent(base64url: string): unknown {
  if (base64url.length > MAX_INVITATION_CHARACTERS || !/^[A-Za-z0-9_-]+$/.test(base64url))
    return undefined;
  try {
    return JSON.parse(Buffer.from(base64url, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function isoTime(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms` : date.toISOString();
}

function invalid(what: string, wayOut: string): AtollError {
  return new AtollError("INVITATION_INVALID", `${what}; ${wayOut}`);
}
