import type { CellKey, Claim } from "../protocol/types.ts";

/** One row of an SQL answer. */
export type Row = Readonly<Record<string, unknown>>;

/** The little of SQL that the record needs: what PostgreSQL and SQLite both speak, with parameters $1, $2. */
export interface Sql {
  readonly dialect: "postgresql" | "sqlite";
  /** One statement on its own; for reading, as it may be done again where a connection was lost. */
  readonly query: (text: string, params?: readonly unknown[]) => Promise<readonly Row[]>;
  /**
   * All or nothing; transactions of one process run one after another, and `query` between them; some that wait may be
   * committed together, and then all are told. The work may be done again where a connection was lost, even if it had
   * been committed.
   */
  readonly transaction: <T>(work: (sql: Pick<Sql, "query">) => Promise<T>) => Promise<T>;
  readonly close: () => Promise<void>;
}

export interface EnrolledClient {
  readonly name: string;
  readonly enrolledAtMs: number;
  readonly revokedAtMs: number | undefined;
  readonly lastSeenMs: number | undefined;
  readonly software: string | undefined;
  /** Certificates that are neither expired nor revoked when asked at `nowMs`: serial, Ed25519 public key (SPKI, base64). */
  readonly certificates: readonly Certificate[];
}

export interface Certificate {
  readonly serial: string;
  readonly publicKey: string;
  readonly notAfterMs: number;
}

export type RunState = "waiting" | "running" | "done" | "failed" | "cancelled";

/** A run as it was submitted. */
export interface NewRun {
  readonly id: string;
  readonly name: string;
  /** The resolved experiment, as canonical JSON. */
  readonly experiment: string;
  /** How rounds are closed, as canonical JSON. */
  readonly rounds: string;
  readonly methods: readonly string[];
  readonly seeds: readonly number[];
  /** Each client's job, by name. */
  readonly jobs: ReadonlyMap<string, Claim>;
}

export interface RunRow extends Omit<NewRun, "jobs"> {
  readonly state: RunState;
  readonly reason: string | undefined;
  readonly createdAtMs: number;
  readonly endedAtMs: number | undefined;
}

export interface RunClient {
  readonly client: string;
  readonly state: "asked" | "accepted" | "refused" | "forgotten";
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly job: Claim;
}

/** Where a cell goes on from. */
export interface CellCheckpoint {
  /** The server loop's state. */
  readonly state: Claim;
  /** Rounds of all stages so far. */
  readonly rounds: number;
  /** By client: the number of the last request that this state has seen. */
  readonly seqs: Readonly<Record<string, number>>;
}

export interface CellRow {
  readonly cell: CellKey;
  readonly state: "open" | "done";
  readonly checkpoint: CellCheckpoint | undefined;
  /** Canonical JSON of what the cell came to. */
  readonly outcome: string | undefined;
}

/** One request to one client. */
export interface TaskRow {
  readonly cell: CellKey;
  readonly client: string;
  readonly seq: number;
  readonly stage: string;
  readonly round: number;
  readonly request: Claim;
  /** `open`, not fetched yet; `leased`, the client has it; `answered`; `dropped`, the round closed without it. */
  readonly state: "open" | "leased" | "answered" | "dropped";
  readonly answer: Claim | undefined;
  /** When it was given to the client last; the lease ends at `leasedUntilMs`. */
  readonly leasedUntilMs: number | undefined;
  readonly openedAtMs: number;
  readonly answeredAtMs: number | undefined;
}

/** One entry of the log that is only ever added to: `hash` = SHA-256 of the one before and of this entry. */
export interface AuditEntry {
  readonly number: number;
  readonly atMs: number;
  readonly kind: string;
  /** Canonical JSON. */
  readonly detail: string;
  readonly previous: string;
  readonly hash: string;
}

export interface MetricLine {
  readonly cell: CellKey;
  /** Canonical JSON of a line of metrics: stage, round, client, values, bytes. */
  readonly line: string;
}

/**
 * The only truth about runs. Every function is one transaction, with its entries of the audit log inside; doing one
 * twice with the same arguments leaves what doing it once leaves. Times are arguments. No task is opened, no checkpoint
 * kept and no cell finished in a run that has ended: RUN_ENDED.
 */
export interface RunRecord {
  readonly invite: (invitation: {
    readonly client: string;
    readonly tokenHash: string;
    readonly expiresAtMs: number;
    readonly nowMs: number;
  }) => Promise<void>;
  /**
   * Uses an invitation up, once: INVITATION_INVALID where it is unknown, used with another key, expired, or of a
   * client whose certificates were revoked after it was made. With the same key again it is answered as the first time.
   */
  readonly enrol: (
    use: { readonly tokenHash: string; readonly nowMs: number } & Certificate,
  ) => Promise<{ readonly client: string }>;
  readonly addCertificate: (
    added: { readonly client: string; readonly nowMs: number } & Certificate,
  ) => Promise<void>;
  /** Ends all certificates and open invitations of a client, at once. CLIENT_UNKNOWN. */
  readonly revoke: (revoked: { readonly client: string; readonly nowMs: number }) => Promise<void>;
  readonly client: (name: string, nowMs: number) => Promise<EnrolledClient | undefined>;
  readonly clients: (nowMs: number) => Promise<readonly EnrolledClient[]>;
  /** Not in the audit log. */
  readonly seen: (seen: {
    readonly client: string;
    readonly software: string;
    readonly nowMs: number;
  }) => Promise<void>;

  readonly createRun: (run: NewRun, nowMs: number) => Promise<void>;
  readonly run: (id: string) => Promise<RunRow | undefined>;
  readonly runs: () => Promise<readonly RunRow[]>;
  /**
   * From waiting to running, from both to an end, which drops the run's open tasks; an end is final: RUN_ENDED where
   * another state is asked for.
   */
  readonly setRunState: (change: {
    readonly run: string;
    readonly state: RunState;
    readonly reason?: string | undefined;
    readonly nowMs: number;
  }) => Promise<void>;
  readonly runClients: (run: string) => Promise<readonly RunClient[]>;
  readonly setRunClient: (change: {
    readonly run: string;
    readonly client: string;
    readonly state: RunClient["state"];
    readonly code?: string | undefined;
    readonly reason?: string | undefined;
    readonly nowMs: number;
  }) => Promise<void>;

  readonly cells: (run: string) => Promise<readonly CellRow[]>;
  /**
   * Opens the requests of one round together. Of a request that is there already nothing changes; RUN_DIVERGED where
   * it is there with another hash: the same state has led to something else.
   */
  readonly openTasks: (
    tasks: readonly Pick<TaskRow, "cell" | "client" | "seq" | "stage" | "round" | "request">[],
    nowMs: number,
  ) => Promise<readonly TaskRow[]>;
  readonly task: (key: Pick<TaskRow, "cell" | "client" | "seq">) => Promise<TaskRow | undefined>;
  /** Open and leased ones of runs that go on. */
  readonly tasksOf: (client: string) => Promise<readonly TaskRow[]>;
  readonly leaseTask: (
    key: Pick<TaskRow, "cell" | "client" | "seq">,
    lease: { readonly untilMs: number; readonly nowMs: number },
  ) => Promise<void>;
  /**
   * Takes an answer. `taken`: it counts, also where the same answer had been taken before; `late`: the round has closed
   * without it, or the task is unknown; `other`: another answer was taken before.
   */
  readonly answerTask: (
    key: Pick<TaskRow, "cell" | "client" | "seq">,
    answer: Claim,
    nowMs: number,
  ) => Promise<"taken" | "late" | "other">;
  /** Closes a round: the named tasks that are not answered are dropped. Gives all of them back as they are then. */
  readonly dropTasks: (
    keys: readonly Pick<TaskRow, "cell" | "client" | "seq">[],
    nowMs: number,
  ) => Promise<readonly TaskRow[]>;
  /** A new checkpoint with the lines of metrics since the last one; tasks that it has seen are deleted. */
  readonly checkpoint: (
    cell: CellKey,
    checkpoint: CellCheckpoint,
    also: { readonly lines: readonly MetricLine[]; readonly nowMs: number },
  ) => Promise<void>;
  /** The cell is done; its tasks are deleted, its last state is kept. */
  readonly finishCell: (
    cell: CellKey,
    done: {
      readonly outcome: string;
      readonly state: Claim;
      /** Rounds of all stages. */
      readonly rounds: number;
      readonly lines: readonly MetricLine[];
      readonly nowMs: number;
    },
  ) => Promise<void>;
  readonly lines: (run: string) => Promise<readonly MetricLine[]>;
  /** What a party of a cell says that it released, as canonical JSON; the last word counts. */
  readonly setAccount: (account: {
    readonly cell: CellKey;
    readonly client: string;
    readonly account: string;
    readonly nowMs: number;
  }) => Promise<void>;
  readonly accounts: (
    run: string,
  ) => Promise<
    readonly { readonly cell: CellKey; readonly client: string; readonly account: string }[]
  >;
  /** Hashes of all blobs that jobs, requests, answers, checkpoints and final states name. */
  readonly blobsInUse: () => Promise<ReadonlySet<string>>;
  /** An entry that no other function makes, such as a refused call. */
  readonly note: (
    kind: string,
    detail: Readonly<Record<string, unknown>>,
    nowMs: number,
  ) => Promise<void>;
  readonly audit: (from: number, most: number) => Promise<readonly AuditEntry[]>;
  readonly close: () => Promise<void>;
}
