import { describe, expect, test } from "vitest";
import { verifyAudit } from "./audit.ts";
import type { RecordUnderTest } from "./record-under-test.fixture.ts";

/** The log that is only ever added to. */
export function auditLaws(at: RecordUnderTest): void {
  describe("the audit log", () => {
    const note = (n: number) => at.record.note("refused", { why: "späm", n }, 10 + n);

    test("is a chain that can be read from anywhere", async () => {
      for (let n = 1; n <= 3; n++) await note(n);
      await at.twice(() => note(4));
      const all = await at.record.audit(1, 10);
      expect(all.map(({ number, atMs, detail }) => [number, atMs, detail])).toEqual(
        [1, 2, 3, 4].map((n) => [n, 10 + n, `{"n":${n},"why":"späm"}`]),
      );
      expect(all[3]!.previous).toBe(all[2]!.hash);
      expect(await at.record.audit(3, 1)).toEqual([all[2]]);
      expect(await verifyAudit(at.record)).toBeUndefined();
    });

    test("shows each word that was changed, and each entry that was taken out", async () => {
      for (let n = 1; n <= 4; n++) await note(n);
      const [, second] = await at.record.audit(1, 4);
      const brokenAfter = async (statement: string, undo: string) => {
        await at.record.close();
        await at.place.tamper([statement]);
        await at.open();
        const broken = (await verifyAudit(at.record))?.number;
        await at.record.close();
        await at.place.tamper([undo]);
        await at.open();
        return broken;
      };
      const set = (column: string, value: string) =>
        `UPDATE audit SET ${column} = ${value} WHERE number = 2`;
      const { detail, kind, previous, hash, atMs } = second!;
      const texts = { detail, kind, previous, hash };
      for (const [column, value] of Object.entries(texts))
        expect(await brokenAfter(set(column, "'x'"), set(column, `'${value}'`))).toBe(2);
      expect(await brokenAfter(set("at_ms", "0"), set("at_ms", String(atMs)))).toBe(2);
      const back = `INSERT INTO audit VALUES (2, ${atMs}, '${kind}', '${detail}', '${previous}', '${hash}')`;
      expect(await brokenAfter("DELETE FROM audit WHERE number = 2", back)).toBe(3);
    });

    test("refuses to be changed", async () => {
      await note(1);
      await at.record.close();
      const sql = await at.place.open();
      for (const statement of ["UPDATE audit SET kind = 'x'", "DELETE FROM audit"])
        await expect(sql.query(statement)).rejects.toThrow("the audit log is only added to");
      if (sql.dialect === "sqlite") {
        const replaced = sql.query("REPLACE INTO audit VALUES (1, 1, 'x', 'x', 'x', 'x')");
        await expect(replaced).rejects.toThrow("the audit log is only added to");
      } else
        await expect(sql.query("TRUNCATE audit")).rejects.toThrow("the audit log is only added to");
      await sql.close();
      await at.open();
    });
  });
}
