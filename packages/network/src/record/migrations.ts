import type { Sql } from "./types.ts";

/** A statement that both databases understand, or each its own. */
export type Statement = string | Readonly<Record<Sql["dialect"], readonly string[]>>;

/** All versions of the tables, from the first on; what was released is never changed, only added to. */
export const migrations: readonly (readonly Statement[])[] = [
  [
    `CREATE TABLE invitations (
      token_hash TEXT PRIMARY KEY,
      client TEXT NOT NULL,
      created_at_ms BIGINT NOT NULL,
      expires_at_ms BIGINT NOT NULL,
      used_key TEXT,
      revoked_at_ms BIGINT
    )`,
    `CREATE TABLE clients (
      name TEXT PRIMARY KEY,
      enrolled_at_ms BIGINT NOT NULL,
      revoked_at_ms BIGINT,
      last_seen_ms BIGINT,
      software TEXT
    )`,
    `CREATE TABLE certificates (
      serial TEXT PRIMARY KEY,
      client TEXT NOT NULL REFERENCES clients (name),
      public_key TEXT NOT NULL,
      not_after_ms BIGINT NOT NULL,
      added_at_ms BIGINT NOT NULL,
      revoked_at_ms BIGINT
    )`,
    "CREATE INDEX certificates_by_client ON certificates (client)",
    `CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      position BIGINT NOT NULL UNIQUE,
      name TEXT NOT NULL,
      experiment TEXT NOT NULL,
      rounds TEXT NOT NULL,
      methods TEXT NOT NULL,
      seeds TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('waiting', 'running', 'done', 'failed', 'cancelled')),
      reason TEXT,
      created_at_ms BIGINT NOT NULL,
      ended_at_ms BIGINT
    )`,
    `CREATE TABLE run_clients (
      run TEXT NOT NULL REFERENCES runs (id),
      client TEXT NOT NULL,
      position BIGINT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('asked', 'accepted', 'refused', 'forgotten')),
      code TEXT,
      reason TEXT,
      job_sha256 TEXT NOT NULL,
      job_bytes BIGINT NOT NULL,
      PRIMARY KEY (run, client)
    )`,
    `CREATE TABLE cells (
      run TEXT NOT NULL REFERENCES runs (id),
      seed BIGINT NOT NULL,
      method TEXT NOT NULL,
      position BIGINT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'done')),
      state_sha256 TEXT,
      state_bytes BIGINT,
      rounds BIGINT NOT NULL,
      seqs TEXT NOT NULL,
      outcome TEXT,
      PRIMARY KEY (run, seed, method)
    )`,
    `CREATE TABLE tasks (
      run TEXT NOT NULL,
      seed BIGINT NOT NULL,
      method TEXT NOT NULL,
      client TEXT NOT NULL,
      seq BIGINT NOT NULL,
      stage TEXT NOT NULL,
      round BIGINT NOT NULL,
      request_sha256 TEXT NOT NULL,
      request_bytes BIGINT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('open', 'leased', 'answered', 'dropped')),
      answer_sha256 TEXT,
      answer_bytes BIGINT,
      leased_until_ms BIGINT,
      opened_at_ms BIGINT NOT NULL,
      answered_at_ms BIGINT,
      PRIMARY KEY (run, seed, method, client, seq),
      FOREIGN KEY (run, seed, method) REFERENCES cells (run, seed, method),
      CHECK ((state = 'answered') = (answer_sha256 IS NOT NULL))
    )`,
    "CREATE INDEX tasks_by_client ON tasks (client)",
    `CREATE TABLE metric_lines (
      run TEXT NOT NULL,
      seed BIGINT NOT NULL,
      method TEXT NOT NULL,
      number BIGINT NOT NULL,
      line TEXT NOT NULL,
      PRIMARY KEY (run, seed, method, number),
      FOREIGN KEY (run, seed, method) REFERENCES cells (run, seed, method)
    )`,
    `CREATE TABLE accounts (
      run TEXT NOT NULL,
      seed BIGINT NOT NULL,
      method TEXT NOT NULL,
      client TEXT NOT NULL,
      account TEXT NOT NULL,
      PRIMARY KEY (run, seed, method, client),
      FOREIGN KEY (run, seed, method) REFERENCES cells (run, seed, method)
    )`,
    `CREATE TABLE audit (
      number BIGINT PRIMARY KEY,
      at_ms BIGINT NOT NULL,
      kind TEXT NOT NULL,
      detail TEXT NOT NULL,
      previous TEXT NOT NULL,
      hash TEXT NOT NULL UNIQUE
    )`,
    "CREATE INDEX audit_by_time ON audit (at_ms)",
    {
      postgresql: [
        `CREATE FUNCTION atoll_audit_is_added_to() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'the audit log is only added to'; END $$`,
        `CREATE TRIGGER audit_rows BEFORE UPDATE OR DELETE ON audit
         FOR EACH ROW EXECUTE FUNCTION atoll_audit_is_added_to()`,
        `CREATE TRIGGER audit_table BEFORE TRUNCATE ON audit
         FOR EACH STATEMENT EXECUTE FUNCTION atoll_audit_is_added_to()`,
      ],
      sqlite: [
        `CREATE TRIGGER audit_update BEFORE UPDATE ON audit
         BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END`,
        `CREATE TRIGGER audit_delete BEFORE DELETE ON audit
         BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END`,
        // A row that replaces another one deletes it without the trigger above.
        `CREATE TRIGGER audit_replace BEFORE INSERT ON audit
         WHEN EXISTS (SELECT 1 FROM audit WHERE number = NEW.number OR hash = NEW.hash)
         BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END`,
      ],
    },
  ],
];
