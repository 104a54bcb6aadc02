import { createHash } from "node:crypto";
import { canonicalJson } from "@atoll/core/federation";
import type { Store, Transaction } from "./store.ts";
import type { AuditEntry, Row, RunRecord } from "./types.ts";
import { numberOf, textOf } from "./values.ts";

/** What the first entry follows. */
export const BEFORE_ALL = "0".repeat(64);

type Unhashed = Omit<AuditEntry, "hash">;

export function hashOf({ number, atMs, kind, detail, previous }: Unhashed): string {
  return createHash("sha256")
    .update(previous + canonicalJson({ number, atMs, kind, detail }))
    .digest("hex");
}

/** Adds an entry to the log, in the transaction that it speaks of. */
export async function addEntry(
  { query }: Transaction,
  kind: string,
  { detail, nowMs }: { readonly detail: Readonly<Record<string, unknown>>; readonly nowMs: number },
): Promise<void> {
  const [last] = await query("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1");
  const entry: Unhashed = {
    number: last === undefined ? 1 : numberOf(last, "number") + 1,
    atMs: nowMs,
    kind,
    detail: canonicalJson(detail),
    previous: last === undefined ? BEFORE_ALL : textOf(last, "hash"),
  };
  await query(
    "INSERT INTO audit (number, at_ms, kind, detail, previous, hash) VALUES ($1, $2, $3, $4, $5, $6)",
    [entry.number, entry.atMs, entry.kind, entry.detail, entry.previous, hashOf(entry)],
  );
}

export function auditing({ read, change }: Store): Pick<RunRecord, "note" | "audit"> {
  return {
    note: (kind, detail, nowMs) =>
      change("note", async (transaction) => {
        const known = await transaction.query(
          "SELECT 1 AS found FROM audit WHERE at_ms = $1 AND kind = $2 AND detail = $3 LIMIT 1",
          [nowMs, kind, canonicalJson(detail)],
        );
        if (known.length === 0) await addEntry(transaction, kind, { detail, nowMs });
      }),
    audit: async (from, most) => {
      const rows = await read("SELECT * FROM audit WHERE number >= $1 ORDER BY number LIMIT $2", [
        from,
        most,
      ]);
      return rows.map(entryOf);
    },
  };
}

function entryOf(row: Row): AuditEntry {
  return {
    number: numberOf(row, "number"),
    atMs: numberOf(row, "at_ms"),
    kind: textOf(row, "kind"),
    detail: textOf(row, "detail"),
    previous: textOf(row, "previous"),
    hash: textOf(row, "hash"),
  };
}

/**
 * The first entry of the audit log that does not follow from the one before it; undefined where all do. That the last
 * ones were cut off shows only to whoever kept a hash of them.
 */
export async function verifyAudit(
  record: Pick<RunRecord, "audit">,
): Promise<AuditEntry | undefined> {
  const PAGE = 1000;
  let number = 1;
  let previous = BEFORE_ALL;
  for (;;) {
    const entries = await record.audit(number, PAGE);
    for (const entry of entries) {
      if (entry.number !== number || entry.previous !== previous || entry.hash !== hashOf(entry))
        return entry;
      number += 1;
      previous = entry.hash;
    }
    if (entries.length < PAGE) return undefined;
  }
}
