import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeToken, readInvitation, tokenHash, writeInvitation } from "./invitations.ts";
import { generateSigningKey } from "./signing-key.ts";

const invitation = {
  urls: ["https://atoll.example.org:7443", "nats://10.0.0.7:4222"],
  token: makeToken(randomBytes),
  authorityFingerprint: randomBytes(32).toString("hex"),
  serverPublicKey: generateSigningKey().publicKey,
  client: "größe *>/%",
  expiresAtMs: Date.UTC(2030, 4, 17),
};
const nowMs = invitation.expiresAtMs - 1;
const line = writeInvitation(invitation);

function refusalOf(text: string, atMs = nowMs): string {
  let error: unknown;
  try {
    readInvitation(text, { nowMs: atMs });
  } catch (caught) {
    error = caught;
  }
  expect(error).toMatchObject({ code: "INVITATION_INVALID" });
  return (error as Error).message;
}

test("an invitation is one line of plain characters, and says what it was made of", () => {
  expect(line).toMatch(/^atoll1\.[A-Za-z0-9_-]+$/);
  expect(readInvitation(line, { nowMs })).toEqual(invitation);
  expect(readInvitation(`  ${line}\n`, { nowMs })).toEqual(invitation);
});

test("a token has 256 bits, and what is kept of it is its SHA-256", () => {
  expect(Buffer.from(makeToken(randomBytes), "base64url")).toHaveLength(32);
  expect(makeToken(randomBytes)).not.toBe(makeToken(randomBytes));
  expect(tokenHash("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
});

test("one that expired says when, and what to do", () => {
  const message = refusalOf(line, invitation.expiresAtMs);
  expect(message).toContain("2030-05-17T00:00:00.000Z");
  expect(message).toContain("ask the server's operator for another one");
});

test("one that is cut off, changed or no invitation says what to do, and never repeats the line", () => {
  expect(refusalOf("hello")).toContain('begins with "atoll1."');
  expect(refusalOf(`atoll2.${line.slice(7)}`)).toContain('begins with "atoll1."');
  for (const damaged of [line.slice(0, -10), `${line}!`, `${line} x`, "atoll1.", "atoll1.e30"]) {
    const message = refusalOf(damaged);
    expect(message).toContain("paste the whole line again");
    expect(message).not.toContain(line.slice(10, 40));
    expect(message).not.toContain(invitation.token.slice(0, 8));
  }
});

test("any text is an invitation or INVITATION_INVALID", () => {
  fc.assert(fc.property(fc.string(), (text) => refusalOf(`atoll1.${text}`).length > 0));
  fc.assert(
    fc.property(fc.json(), (json) => {
      const text = `atoll1.${Buffer.from(json).toString("base64url")}`;
      return refusalOf(text).length > 0;
    }),
  );
});

test("what is no invitation cannot be written", () => {
  for (const wrong of [{ urls: [] }, { token: "short" }, { serverPublicKey: "x" }, { client: "" }])
    expect(() => writeInvitation({ ...invitation, ...wrong })).toThrow(
      expect.objectContaining({ code: "INVITATION_INVALID" }),
    );
});
