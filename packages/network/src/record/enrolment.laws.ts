import { describe, expect, test } from "vitest";
import type { RecordUnderTest } from "./record-under-test.fixture.ts";

const key = (serial: string, publicKey = "key") => ({ serial, publicKey, notAfterMs: 10_000 });

/** Who may come in, and until when. */
export function enrolmentLaws(at: RecordUnderTest): void {
  const invite = (client = "de", tokenHash = "t1", nowMs = 1) =>
    at.record.invite({ client, tokenHash, expiresAtMs: 100, nowMs });

  describe("enrolment", () => {
    test("an invitation is used once, by one key, until it expires", async () => {
      await at.twice(() => invite());
      const use = { tokenHash: "t1", nowMs: 5, ...key("s1") };
      expect(await at.twice(() => at.record.enrol(use))).toEqual({ client: "de" });
      expect(await at.record.clients(5)).toEqual([
        {
          name: "de",
          enrolledAtMs: 5,
          revokedAtMs: undefined,
          lastSeenMs: undefined,
          software: undefined,
          certificates: [key("s1")],
        },
      ]);
      const refused = { code: "INVITATION_INVALID" };
      await expect(at.record.enrol({ ...use, ...key("s2", "other") })).rejects.toMatchObject(
        refused,
      );
      await expect(at.record.enrol({ ...use, tokenHash: "t2" })).rejects.toMatchObject(refused);
      await invite("fr", "t3");
      const late = { tokenHash: "t3", nowMs: 100, ...key("s3") };
      await expect(at.record.enrol(late)).rejects.toMatchObject(refused);
      expect(await at.record.client("fr", 5)).toBeUndefined();
    });

    test("certificates are added and expire", async () => {
      await invite();
      await at.record.enrol({ tokenHash: "t1", nowMs: 5, ...key("s1") });
      const added = { client: "de", nowMs: 6, serial: "s2", publicKey: "k2", notAfterMs: 20_000 };
      await at.twice(() => at.record.addCertificate(added));
      const serials = async (nowMs: number) =>
        (await at.record.client("de", nowMs))!.certificates.map(({ serial }) => serial);
      expect(await serials(9_999)).toEqual(["s1", "s2"]);
      expect(await serials(10_000)).toEqual(["s2"]);
      expect(await serials(20_000)).toEqual([]);
      const stranger = at.record.addCertificate({ ...added, client: "xx" });
      await expect(stranger).rejects.toMatchObject({ code: "CLIENT_UNKNOWN" });
    });

    test("revoking ends certificates and invitations at once; a new invitation begins anew", async () => {
      await invite();
      await invite("de", "t2");
      await at.record.enrol({ tokenHash: "t1", nowMs: 5, ...key("s1") });
      await at.twice(() => at.record.revoke({ client: "de", nowMs: 6 }));
      expect(await at.record.client("de", 6)).toMatchObject({ revokedAtMs: 6, certificates: [] });
      for (const tokenHash of ["t1", "t2"]) {
        const use = at.record.enrol({ tokenHash, nowMs: 7, ...key("s1") });
        await expect(use).rejects.toMatchObject({ code: "INVITATION_INVALID" });
      }
      const rotated = at.record.addCertificate({ client: "de", nowMs: 7, ...key("s2") });
      await expect(rotated).rejects.toMatchObject({ code: "CLIENT_REVOKED" });
      await expect(at.record.revoke({ client: "xx", nowMs: 7 })).rejects.toMatchObject({
        code: "CLIENT_UNKNOWN",
      });
      await invite("de", "t3", 8);
      await at.record.enrol({ tokenHash: "t3", nowMs: 9, ...key("s3", "new") });
      expect(await at.record.client("de", 9)).toMatchObject({
        revokedAtMs: undefined,
        certificates: [key("s3", "new")],
      });
    });

    test("whoever looks a client up while it is revoked sees it as it is then, not as it was", async () => {
      await invite();
      await at.record.enrol({ tokenHash: "t1", nowMs: 5, ...key("s1") });
      const numOf = async () => (await at.record.client("de", 6))!.certificates.length;
      expect([await numOf(), await numOf()]).toEqual([1, 1]);
      const beside: Promise<number>[] = [];
      const revoking = at.record.revoke({ client: "de", nowMs: 6 });
      for (let i = 0; i < 5; i++) {
        beside.push(numOf());
        await Promise.resolve();
      }
      await revoking;
      expect(await numOf()).toBe(0);
      await Promise.all(beside);
      expect(await numOf()).toBe(0);
      // What nobody knows is asked for anew.
      expect(await at.record.client("fr", 6)).toBeUndefined();
      await invite("fr", "t2");
      await at.record.enrol({ tokenHash: "t2", nowMs: 6, ...key("s2") });
      expect((await at.record.client("fr", 6))!.certificates).toEqual([key("s2")]);
    });

    test("being seen is kept, but not logged", async () => {
      await invite();
      await at.record.enrol({ tokenHash: "t1", nowMs: 5, ...key("s1") });
      await at.twice(() => at.record.seen({ client: "de", software: "atoll 1", nowMs: 9 }));
      expect(await at.record.client("de", 9)).toMatchObject({ lastSeenMs: 9, software: "atoll 1" });
      expect(await at.kinds()).toEqual(["invited", "enrolled", "certificate"]);
    });
  });
}
