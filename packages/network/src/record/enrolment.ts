import { AtollError } from "@atoll/core/errors";
import { addEntry } from "./audit.ts";
import type { Store, Transaction } from "./store.ts";
import type { Certificate, EnrolledClient, Row, RunRecord } from "./types.ts";
import { maybeNumberOf, maybeTextOf, numberOf, textOf } from "./values.ts";

/** Clients that are kept in memory at most. */
const MAX_KNOWN = 10_000;

export function enrolment({
  read,
  change: changeStore,
}: Store): Pick<
  RunRecord,
  "invite" | "enrol" | "addCertificate" | "revoke" | "client" | "clients" | "seen"
> {
  /**
   * Every call of a client looks it up. Only this process changes the record, so what was read stays true until then;
   * what was being read while it changed is not kept.
   */
  const known = new Map<string, Promise<EnrolledClient | undefined>>();
  const change: Store["change"] = async (name, work) => {
    try {
      return await changeStore(name, (transaction) => {
        known.clear();
        return work(transaction);
      });
    } finally {
      known.clear();
    }
  };
  const readClient = async (name: string): Promise<EnrolledClient | undefined> => {
    const [row] = await read("SELECT * FROM clients WHERE name = $1", [name]);
    if (row === undefined) return undefined;
    const certificates = await read(
      `${CERTIFICATES} AND client = $2 ORDER BY added_at_ms, serial`,
      [0, name],
    );
    return clientOf(row, certificates);
  };
  return {
    invite: ({ client, tokenHash, expiresAtMs, nowMs }) =>
      change("invite", async (transaction) => {
        const added = await transaction.query(
          `INSERT INTO invitations (token_hash, client, created_at_ms, expires_at_ms) VALUES ($1, $2, $3, $4)
           ON CONFLICT (token_hash) DO NOTHING RETURNING client`,
          [tokenHash, client, nowMs, expiresAtMs],
        );
        if (added.length > 0)
          await addEntry(transaction, "invited", { detail: { client, expiresAtMs }, nowMs });
      }),
    enrol: ({ tokenHash, nowMs, ...certificate }) =>
      change("enrol", async (transaction) => {
        const { query } = transaction;
        const [row] = await query("SELECT * FROM invitations WHERE token_hash = $1", [tokenHash]);
        const usedKey = row && maybeTextOf(row, "used_key");
        if (
          row === undefined ||
          row["revoked_at_ms"] !== null ||
          numberOf(row, "expires_at_ms") <= nowMs ||
          (usedKey !== undefined && usedKey !== certificate.publicKey)
        )
          throw new AtollError(
            "INVITATION_INVALID",
            "the invitation is unknown, used, expired or revoked; ask whoever runs the server for a new one",
          );
        const client = textOf(row, "client");
        if (usedKey === undefined) {
          await query("UPDATE invitations SET used_key = $1 WHERE token_hash = $2", [
            certificate.publicKey,
            tokenHash,
          ]);
          await query(
            `INSERT INTO clients (name, enrolled_at_ms) VALUES ($1, $2)
             ON CONFLICT (name) DO UPDATE SET revoked_at_ms = NULL`,
            [client, nowMs],
          );
          const { publicKey } = certificate;
          await addEntry(transaction, "enrolled", { detail: { client, publicKey }, nowMs });
        }
        await insertCertificate(transaction, certificate, { client, nowMs });
        return { client };
      }),
    addCertificate: ({ client, nowMs, ...certificate }) =>
      change("addCertificate", async (transaction) => {
        const [row] = await transaction.query("SELECT * FROM clients WHERE name = $1", [client]);
        if (row === undefined) throw unknown(client);
        if (row["revoked_at_ms"] !== null)
          throw new AtollError(
            "CLIENT_REVOKED",
            `the certificates of client "${client}" were revoked; it needs a new invitation`,
          );
        await insertCertificate(transaction, certificate, { client, nowMs });
      }),
    revoke: ({ client, nowMs }) =>
      change("revoke", async (transaction) => {
        const { query } = transaction;
        const known = await query(
          "SELECT name FROM clients WHERE name = $1 UNION SELECT client FROM invitations WHERE client = $1",
          [client],
        );
        if (known.length === 0) throw unknown(client);
        const changed = [];
        for (const [table, column] of [
          ["clients", "name"],
          ["certificates", "client"],
          ["invitations", "client"],
        ])
          changed.push(
            ...(await query(
              `UPDATE ${table} SET revoked_at_ms = $1 WHERE ${column} = $2 AND revoked_at_ms IS NULL RETURNING 1 AS found`,
              [nowMs, client],
            )),
          );
        if (changed.length > 0)
          await addEntry(transaction, "revoked", { detail: { client }, nowMs });
      }),
    client: async (name, nowMs) => {
      const reading = known.get(name) ?? readClient(name);
      if (known.size < MAX_KNOWN) known.set(name, reading);
      let client: EnrolledClient | undefined;
      try {
        client = await reading;
      } catch (error) {
        if (known.get(name) === reading) known.delete(name);
        throw error;
      }
      if (client === undefined && known.get(name) === reading) known.delete(name);
      return (
        client && {
          ...client,
          certificates: client.certificates.filter(({ notAfterMs }) => notAfterMs > nowMs),
        }
      );
    },
    clients: async (nowMs) => {
      const rows = await read("SELECT * FROM clients ORDER BY name");
      const certificates = Map.groupBy(
        await read(`${CERTIFICATES} ORDER BY added_at_ms, serial`, [nowMs]),
        (row) => textOf(row, "client"),
      );
      return rows.map((row) => clientOf(row, certificates.get(textOf(row, "name")) ?? []));
    },
    seen: ({ client, software, nowMs }) =>
      change("seen", async ({ query }) => {
        await query("UPDATE clients SET last_seen_ms = $1, software = $2 WHERE name = $3", [
          nowMs,
          software,
          client,
        ]);
      }),
  };
}

const CERTIFICATES = "SELECT * FROM certificates WHERE revoked_at_ms IS NULL AND not_after_ms > $1";

async function insertCertificate(
  transaction: Transaction,
  { serial, publicKey, notAfterMs }: Certificate,
  { client, nowMs }: { readonly client: string; readonly nowMs: number },
): Promise<void> {
  const [known] = await transaction.query("SELECT * FROM certificates WHERE serial = $1", [serial]);
  if (known !== undefined) {
    if (textOf(known, "client") !== client || textOf(known, "public_key") !== publicKey)
      throw new AtollError(
        "CLIENT_REQUEST",
        `certificate ${serial} is another client's, or of another key; issue one with a new serial number`,
      );
    return;
  }
  await transaction.query(
    `INSERT INTO certificates (serial, client, public_key, not_after_ms, added_at_ms)
     VALUES ($1, $2, $3, $4, $5)`,
    [serial, client, publicKey, notAfterMs, nowMs],
  );
  await addEntry(transaction, "certificate", {
    detail: { client, serial, publicKey, notAfterMs },
    nowMs,
  });
}

function clientOf(row: Row, certificates: readonly Row[]): EnrolledClient {
  return {
    name: textOf(row, "name"),
    enrolledAtMs: numberOf(row, "enrolled_at_ms"),
    revokedAtMs: maybeNumberOf(row, "revoked_at_ms"),
    lastSeenMs: maybeNumberOf(row, "last_seen_ms"),
    software: maybeTextOf(row, "software"),
    certificates: certificates.map((certificate) => ({
      serial: textOf(certificate, "serial"),
      publicKey: textOf(certificate, "public_key"),
      notAfterMs: numberOf(certificate, "not_after_ms"),
    })),
  };
}

function unknown(client: string): AtollError {
  return new AtollError(
    "CLIENT_UNKNOWN",
    `client "${client}" was never invited; \`atoll status\` lists the clients`,
  );
}
