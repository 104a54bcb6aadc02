import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { GLOBAL_MODEL_FILE, type GlobalModel } from "@atoll/node/runs";
import { cellDirectory, type Coordinator } from "../coordinator/index.ts";
import { makeToken, tokenHash, writeInvitation, type ServerIdentity } from "../identity/index.ts";
import type { Administration, RunSummary } from "../operations/index.ts";
import type { RunRecord, RunRow } from "../record/index.ts";

const DAY_MS = 86_400_000;

export interface RecordAdministrationOptions {
  readonly record: RunRecord;
  /** The server's folder. */
  readonly directory: string;
  readonly identity: ServerIdentity;
  /** Where clients reach the server. */
  readonly urls: readonly string[];
  readonly now: () => number;
  /** When a client called last, where it is known better than the record knows it. */
  readonly lastSeenMs?: (client: string) => number | undefined;
}

/** What operators can do whether or not the server runs: the record alone is asked and changed. */
export type RecordAdministration = Omit<Administration, "submit" | "cancel">;

/** What operators can do to a running server. */
export function administrationOf({
  coordinator,
  ...options
}: RecordAdministrationOptions & { readonly coordinator: Coordinator }): Administration {
  return {
    ...recordAdministration(options),
    submit: async ({ experiment, clients, rounds }) => {
      const { run, leftOut } = await coordinator.submit({ experiment, clients, rounds });
      return { id: run.id, leftOut };
    },
    cancel: (run) => coordinator.cancel(run),
    revoke: (client) => coordinator.revoke(client),
  };
}

export function recordAdministration({
  record,
  directory,
  identity,
  urls,
  now,
  lastSeenMs = () => undefined,
}: RecordAdministrationOptions): RecordAdministration {
  return {
    runs: async () => (await record.runs()).map(summaryOf),
    run: async (id) => {
      const row = await record.run(id);
      if (row === undefined) return undefined;
      const clients = await record.runClients(id);
      const tasks = await Promise.all(clients.map(({ client }) => record.tasksOf(client)));
      return {
        ...summaryOf(row),
        clients: clients.map(({ client, state, code, reason }) =>
          withoutUndefined({ client, state, code, reason }),
        ),
        cells: (await record.cells(id)).map(({ cell, state, checkpoint, outcome }) => ({
          cell,
          state,
          rounds: checkpoint?.rounds ?? 0,
          ...(outcome !== undefined && modelOf(outcome, cellDirectory(directory, cell))),
        })),
        tasks: tasks.flat().flatMap((task) => (task.cell.run === id ? [taskOf(task)] : [])),
      };
    },
    results: async (id) => {
      const row = await record.run(id);
      if (row === undefined) return undefined;
      return {
        experiment: objectOf(row.experiment),
        cells: (await record.cells(id)).flatMap(({ cell, outcome }) =>
          outcome === undefined ? [] : [{ cell, outcome: objectOf(outcome) }],
        ),
        accounts: (await record.accounts(id)).map(({ account, ...whose }) => ({
          ...whose,
          account: JSON.parse(account) as unknown,
        })),
      };
    },
    lines: async (run, { from, most }) => {
      const row = await record.run(run);
      if (row === undefined) return undefined;
      const lines = await record.lines(run);
      const page = lines.slice(from, from + most);
      const next = from + page.length;
      const hasEnded = row.state !== "waiting" && row.state !== "running";
      return { lines: page, next, isLast: hasEnded && next >= lines.length };
    },
    clients: async () =>
      (await record.clients(now())).map(({ certificates, ...client }) => ({
        ...withoutUndefined({
          ...client,
          lastSeenMs: lastSeenMs(client.name) ?? client.lastSeenMs,
        }),
        certificates: certificates.map(({ serial, notAfterMs }) => ({ serial, notAfterMs })),
      })),
    revoke: (client) => record.revoke({ client, nowMs: now() }),
    invite: ({ client, validForMs = DAY_MS }) =>
      invite({ client, validForMs }, { record, directory, identity, urls, now }),
    audit: ({ from, most }) => record.audit(from, most),
  };
}

/** Makes a one-line invitation; the record keeps the hash of its token alone. */
export async function invite(
  { client, validForMs }: { readonly client: string; readonly validForMs: number },
  { record, identity, urls, now }: RecordAdministrationOptions,
) {
  const token = makeToken(randomBytes);
  const nowMs = now();
  const expiresAtMs = nowMs + validForMs;
  await record.invite({ client, tokenHash: tokenHash(token), expiresAtMs, nowMs });
  const invitation = writeInvitation({
    urls,
    token,
    authorityFingerprint: identity.authority.fingerprint,
    serverPublicKey: identity.key.publicKey,
    client,
    expiresAtMs,
  });
  return { client, invitation, expiresAtMs };
}

function summaryOf(row: RunRow): RunSummary {
  const { id, name, state, reason, createdAtMs, endedAtMs, methods, seeds } = row;
  return withoutUndefined({ id, name, state, reason, createdAtMs, endedAtMs, methods, seeds });
}

function taskOf({
  cell,
  client,
  stage,
  round,
  state,
  openedAtMs,
}: Awaited<ReturnType<RunRecord["tasksOf"]>>[number]) {
  return { cell, client, stage, round, state, openedAtMs };
}

/** The file that a cell's outcome tells of. */
function modelOf(outcome: string, folder: string) {
  const { model } = JSON.parse(outcome) as { readonly model?: GlobalModel };
  return model && { model: { path: join(folder, GLOBAL_MODEL_FILE), ...model } };
}

const objectOf = (json: string) => JSON.parse(json) as Record<string, unknown>;

/** Members that are undefined left out, as JSON has it. */
function withoutUndefined<T extends object>(
  value: T,
): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as never;
}
