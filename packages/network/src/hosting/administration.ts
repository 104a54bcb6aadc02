import { randomBytes } from "node:crypto";
import type { Coordinator } from "../coordinator/index.ts";
import { makeToken, tokenHash, writeInvitation, type ServerIdentity } from "../identity/index.ts";
import type { Administration, RunSummary } from "../operations/index.ts";
import type { RunRecord, RunRow } from "../record/index.ts";

const DAY_MS = 86_400_000;

export interface AdministrationOptions {
  readonly record: RunRecord;
  readonly coordinator: Coordinator;
  readonly identity: ServerIdentity;
  /** Where clients reach the server. */
  readonly urls: readonly string[];
  readonly now: () => number;
}

/** What operators can do to a running server. */
export function administrationOf({
  record,
  coordinator,
  identity,
  urls,
  now,
}: AdministrationOptions): Administration {
  return {
    runs: async () => (await record.runs()).map(summaryOf),
    run: async (id) => {
      const row = await record.run(id);
      if (row === undefined) return undefined;
      const clients = await record.runClients(id);
      const tasks = await Promise.all(clients.map(({ client }) => record.tasksOf(client)));
      return {
        ...summaryOf(row),
        clients: clients.map(({ job: _, ...client }) => withoutUndefined(client)),
        cells: (await record.cells(id)).map(({ cell, state, checkpoint }) => ({
          cell,
          state,
          rounds: checkpoint?.rounds ?? 0,
        })),
        tasks: tasks.flat().flatMap((task) => (task.cell.run === id ? [taskOf(task)] : [])),
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
    submit: async ({ experiment, clients, rounds }) => {
      const { run, leftOut } = await coordinator.submit({ experiment, clients, rounds });
      return { id: run.id, leftOut };
    },
    cancel: (run) => coordinator.cancel(run),
    clients: async () =>
      (await record.clients(now())).map(({ certificates, ...client }) => ({
        ...withoutUndefined(client),
        certificates: certificates.map(({ serial, notAfterMs }) => ({ serial, notAfterMs })),
      })),
    revoke: (client) => coordinator.revoke(client),
    invite: ({ client, validForMs = DAY_MS }) =>
      invite({ client, validForMs }, { record, identity, urls, now }),
    audit: ({ from, most }) => record.audit(from, most),
  };
}

/** Makes a one-line invitation; the record keeps the hash of its token alone. */
export async function invite(
  { client, validForMs }: { readonly client: string; readonly validForMs: number },
  { record, identity, urls, now }: Omit<AdministrationOptions, "coordinator">,
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

function summaryOf({ experiment: _, rounds: __, ...row }: RunRow): RunSummary {
  return withoutUndefined(row);
}

function taskOf({ cell, client, stage, round, state, openedAtMs }: Awaited<
  ReturnType<RunRecord["tasksOf"]>
>[number]) {
  return { cell, client, stage, round, state, openedAtMs };
}

/** Members that are undefined left out, as JSON has it. */
function withoutUndefined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(
    Object.entries(value).filter(([, member]) => member !== undefined),
  ) as never;
}
