import { expect, test } from "vitest";
import { auditLaws } from "./audit.laws.ts";
import { cellLaws } from "./cells.laws.ts";
import { enrolmentLaws } from "./enrolment.laws.ts";
import { openRecord } from "./open-record.ts";
import { newRun, recordUnderTest, request, type RecordPlace } from "./record-under-test.fixture.ts";
import { runLaws } from "./runs.laws.ts";
import { taskLaws } from "./tasks.laws.ts";

/** What holds of a record in any database. */
export function recordLaws(newPlace: () => Promise<RecordPlace>): void {
  const at = recordUnderTest(newPlace);
  enrolmentLaws(at);
  runLaws(at);
  taskLaws(at);
  cellLaws(at);
  auditLaws(at);

  test("each transition is told of once it is committed, and none of what was refused", async () => {
    await at.record.createRun(newRun(), 3);
    await at.record.openTasks([request("de", 1)], 4);
    await expect(at.record.openTasks([request("de", 1, "ff")], 4)).rejects.toThrow();
    await at.record.run("r1");
    expect(at.transitions).toEqual(["createRun", "openTasks"]);
  });

  test("what fails in the middle leaves nothing behind", async () => {
    await at.record.close();
    const sql = await at.place.open();
    const broken = sql.transaction(async ({ query }) => {
      await query("INSERT INTO clients (name, enrolled_at_ms) VALUES ($1, $2)", ["de", 1]);
      throw new Error("in the middle");
    });
    await expect(broken).rejects.toThrow("in the middle");
    expect(await sql.query("SELECT * FROM clients")).toEqual([]);
    await sql.close();
    await at.open();
  });

  test("tables of a newer version are left alone", async () => {
    await at.record.close();
    const sql = await at.place.open();
    await sql.query(
      "INSERT INTO atoll_migrations (version, applied_at_ms) VALUES ($1, $2)",
      [99, 1],
    );
    await expect(openRecord(sql)).rejects.toMatchObject({ code: "RECORD_NEWER" });
    const again = await at.place.open();
    await again.query("DELETE FROM atoll_migrations WHERE version = $1", [99]);
    await again.close();
    await at.open();
  });
}
