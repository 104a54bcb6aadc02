/** What stands where a secret stood. */
export const REDACTED = "[redacted]";

/** Names of members whose values are never written; a public key is no secret. */
const SECRET_NAME =
  /token|secret|passw|authoriz|credential|cookie|invitation|private|signature|(?:^|[a-z_-])key$|^key/i;
const PUBLIC_NAME = /^public[_-]?key$/i;

/** Secrets inside of texts: bearer tokens, private keys, passwords of addresses, invitations. */
const SECRET_TEXTS: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer)\s+\S+/gi, `$1 ${REDACTED}`],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, REDACTED],
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, `$1${REDACTED}@`],
  [/\batoll\d+\.[\w-]{16,}/g, REDACTED],
];

const MAX_DEPTH = 6;
const MAX_TEXT = 4000;

/** A text without what looks like a secret, cut where it is very long. */
export function scrubText(text: string): string {
  let scrubbed = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text;
  for (const [pattern, replacement] of SECRET_TEXTS)
    scrubbed = scrubbed.replaceAll(pattern, replacement);
  return scrubbed;
}

/**
 * A value as it may be logged: secrets by the names of members and by how texts look, bytes as their number, errors
 * as code, message and stack. Numbers under a secret's name stay: they count.
 *
 * @example
 * scrub({ client: "de", token: "abc", tokens: 12 }) // { "client": "de", "token": "[redacted]", "tokens": 12 }
 */
export function scrub(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return scrubText(value);
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null) return value;
  if (ArrayBuffer.isView(value)) return `<${value.byteLength} bytes>`;
  if (value instanceof Error) return scrubError(value, depth);
  if (value instanceof Date) return value;
  if (depth >= MAX_DEPTH) return "<deeper>";
  if (value instanceof Map || value instanceof Set) return scrub([...value], depth + 1);
  if (Array.isArray(value)) return value.map((member) => scrub(member, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecret(name, member) ? REDACTED : scrub(member, depth + 1),
    ]),
  );
}

function isSecret(name: string, member: unknown): boolean {
  if (typeof member === "number" || typeof member === "boolean" || member == null) return false;
  return SECRET_NAME.test(name) && !PUBLIC_NAME.test(name);
}

function scrubError(error: Error, depth: number): unknown {
  const { code } = error as { readonly code?: unknown };
  return {
    ...(typeof code === "string" && { code }),
    message: scrubText(error.message),
    // Errors that a user can act on say it all in their message.
    ...(error.name !== "AtollError" && error.stack && { stack: scrubText(error.stack) }),
    ...(error.cause !== undefined && depth < MAX_DEPTH && { cause: scrub(error.cause, depth + 1) }),
  };
}
