import { canonicalJson } from "@atoll/core/federation";
import type { CellKey } from "../protocol/index.ts";
import { verifyAudit, type RunRecord } from "../record/index.ts";

/** All that a run came to, but for names and times: two runs of one experiment have the same. */
export interface RunNumbers {
  readonly state: string;
  readonly reason: string | undefined;
  readonly cells: readonly CellNumbers[];
  /** By cell and client: what it says that it released. */
  readonly accounts: readonly string[];
  readonly isAuditSound: boolean;
}

export interface CellNumbers {
  readonly seed: number;
  readonly method: string;
  readonly state: string;
  /** Hash of what the server keeps in the end. */
  readonly sha256: string | undefined;
  /**
   * Hashes of all requests and answers that counted, in the order of rounds: the last request of training has the
   * final parameters.
   */
  readonly messages: readonly string[];
  readonly outcome: string | undefined;
  readonly lines: readonly string[];
}

export async function numbersOf(record: RunRecord, run: string): Promise<RunNumbers> {
  const { state, reason } = (await record.run(run))!;
  const lines = await record.lines(run);
  const messages = await messagesOf(record, run);
  const cells = (await record.cells(run)).map(({ cell, ...row }) => ({
    seed: cell.seed,
    method: cell.method,
    state: row.state,
    sha256: row.checkpoint?.state.sha256,
    outcome: row.outcome,
    messages: messages.get(`${cell.seed}/${cell.method}`) ?? [],
    lines: lines.flatMap((one) =>
      one.cell.seed === cell.seed && one.cell.method === cell.method ? [one.line] : [],
    ),
  }));
  const accounts = (await record.accounts(run)).map(({ cell, client, account }) =>
    canonicalJson({ seed: cell.seed, method: cell.method, client, account }),
  );
  const isAuditSound = (await verifyAudit(record)) === undefined;
  return { state, reason, cells, accounts: accounts.toSorted(), isAuditSound };
}

interface Round {
  readonly cell: CellKey;
  readonly stage: string;
  readonly round: number;
  readonly requests: Readonly<Record<string, { readonly seq: number; readonly request: string }>>;
}
interface Answered {
  readonly cell: CellKey;
  readonly client: string;
  readonly seq: number;
  readonly answer: string;
}

/** By cell, from the audit log, which has each message once. */
async function messagesOf(
  record: Pick<RunRecord, "audit">,
  run: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const messages = new Map<string, string[]>();
  const add = ({ seed, method }: CellKey, name: readonly unknown[], sha256: string) => {
    const own = messages.get(`${seed}/${method}`) ?? [];
    messages.set(`${seed}/${method}`, own);
    own.push([...name, sha256.slice(0, 16)].join(" "));
  };
  const PAGE = 1000;
  for (let from = 1; ; from += PAGE) {
    const entries = await record.audit(from, PAGE);
    for (const { kind, detail } of entries) {
      if (kind !== "round" && kind !== "answered") continue;
      const said = JSON.parse(detail) as Round & Answered;
      if (said.cell.run !== run) continue;
      const seqOf = (seq: number) => String(seq).padStart(6, "0");
      if (kind === "answered")
        add(said.cell, [seqOf(said.seq), said.client, "answer"], said.answer);
      else
        for (const [client, { seq, request }] of Object.entries(said.requests))
          add(said.cell, [seqOf(seq), client, "request", said.stage, said.round], request);
    }
    if (entries.length < PAGE) break;
  }
  return new Map([...messages].map(([cell, own]) => [cell, own.toSorted()]));
}
