import { AtollError } from "@atoll/core/errors";
import { ownCharges } from "@atoll/node/ledger";
import { readWhole, writeAtomically } from "@atoll/node/runs";
import { sendBlob, type CellKey, type Order } from "../protocol/index.ts";
import { traced } from "../tracing/index.ts";
import { accountText } from "./account-text.ts";
import type { AdmittedRun } from "./admit.ts";
import type { Journal } from "./journal.ts";
import { openParty, type OpenParty } from "./open-party.ts";
import type { OwnCell, SiloRun } from "./open-run.ts";
import { receive, sha256Of } from "./receive.ts";
import { standingOf } from "./standing.ts";
import { isPassing, toldOf } from "./told.ts";
import type { SiloParts } from "./types.ts";

export type RequestOrder = Extract<Order, { readonly kind: "request" }>;

/** What a cell needs to know of the run that it belongs to. */
export interface RunOfCell {
  /** Throws where the silo knows no such run, or cannot read its job. */
  readonly opened: () => Promise<SiloRun>;
  /** Throws where the silo does not take part in it. */
  readonly admitted: () => Promise<AdmittedRun>;
  /** Bytes of the answers of all cells of the run, where those of this cell are so many. */
  readonly sentBytes: (cell: CellKey, ofCell: number) => Promise<number>;
}

/** One cell. Its orders are carried out one after another; throws what another try may mend. */
export interface SiloCell {
  readonly request: (order: RequestOrder) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Frees what it holds in memory, and stops what it computes. */
  readonly release: () => Promise<void>;
}

export function siloCell(parts: SiloParts, key: CellKey, run: RunOfCell): SiloCell {
  const { calls, policy, signal, step, now, onEvent, withThreads } = parts;
  let open: OpenParty | undefined;
  /** Requests before the last one that the server has asked for again. */
  const outdated = new Set<number>();

  const release = async () => {
    const held = open;
    open = undefined;
    await held?.close();
  };

  const fail = async ({ seq }: RequestOrder, error: unknown) => {
    signal.throwIfAborted();
    if (isPassing(error)) throw error;
    const { code, reason, details } = toldOf(error);
    await calls.call("fail", { cell: key, seq, code, reason }, { signal });
    onEvent({ kind: "failed", cell: key, seq, code, reason, details });
  };

  /** The silo's own work: what goes wrong in it the server is told, as far as it may be. */
  const local = async <T>(order: RequestOrder, work: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      await fail(order, error);
      return undefined;
    }
  };

  /** Computes, and leaves the answer and the state after it on disk; the journal is what makes them count. */
  const answer = async (
    { seq, request }: RequestOrder,
    { own, bytes, journal }: { own: OwnCell; bytes: Uint8Array; journal: Journal | undefined },
  ): Promise<Journal> => {
    const { files } = own;
    try {
      open ??= await openParty(parts, key, { run: await run.admitted(), own, journal });
      const { party } = open;
      const reply = await traced("compute", { ...key, seq }, () => party.request(bytes));
      signal.throwIfAborted();
      await open.party.save(files.statePath(seq));
      await step("state-written");
      await writeAtomically(files.answerPath(seq), [reply]);
      await step("answer-written");
      const next = {
        seq,
        request: request.sha256,
        answer: { sha256: sha256Of(reply), sizeBytes: reply.length },
        sentBytes: (journal?.sentBytes ?? 0) + reply.length,
      };
      await files.commit(next);
      await step("journal-committed");
      await files.tidy(next);
      return next;
    } catch (error) {
      // The party may be ahead of the state on disk, which alone counts.
      await release();
      throw error;
    }
  };

  const send = async (
    order: RequestOrder,
    { own, journal, startMs }: { own: OwnCell; journal: Journal; startMs: number },
  ): Promise<void> => {
    const { seq } = order;
    const { sizeBytes } = journal.answer;
    const verdict = policy.mayUpload?.(key.run, await run.sentBytes(key, journal.sentBytes));
    if (verdict?.kind === "refused")
      return fail(order, new AtollError(verdict.code, verdict.reason, { cause: verdict.details }));
    const bytes = await readWhole(own.files.answerPath(seq));
    await traced("upload", { ...key, seq, sizeBytes }, () =>
      sendBlob(calls, journal.answer, {
        signal,
        read: (from, to) => bytes.subarray(from, to),
        onProgress: (progress) => onEvent({ kind: "upload", cell: key, seq, ...progress }),
      }),
    );
    await step("uploaded");
    const { reply } = await calls.call(
      "answer",
      { cell: key, seq, request: journal.request, answer: journal.answer },
      { signal },
    );
    await step("answered");
    const { kind: verdictOfServer, reason } = reply;
    onEvent({
      kind: "answered",
      cell: key,
      seq,
      verdict: verdictOfServer,
      ...(reason !== undefined && { reason }),
      sizeBytes,
      seconds: (now() - startMs) / 1000,
    });
  };

  /** What the cell released, written down once and for all. */
  const settle = async (): Promise<string | undefined> => {
    const own = (await run.opened()).cell(key);
    const before = await own.files.closed();
    if (before === undefined) {
      const charges = await ownCharges(own.place);
      const account = charges && accountText(charges);
      await own.files.close(account === undefined ? {} : { account });
      await step("closed");
    }
    await own.files.tidy(undefined);
    return (await own.files.closed())!.account;
  };

  return {
    release,
    request: async (order) => {
      const { seq, request } = order;
      const startMs = now();
      const opened = await local(order, run.opened);
      const own = opened && (await local(order, async () => opened.cell(key)));
      if (opened === undefined || own === undefined) return;
      const { mostRequests } = own.seat;
      const standing = await local(order, () =>
        standingOf(order, { files: own.files, outdated, mostRequests }),
      );
      if (standing === undefined) return;
      const { journal } = standing;
      if (standing.kind === "answered")
        return send(order, { own, journal: standing.journal, startMs });
      if (standing.kind === "outdated")
        throw new Error(`request ${seq} is before the last one, ${standing.journal.seq}`);
      onEvent({ kind: "request-start", cell: key, seq, sizeBytes: request.sizeBytes });
      const path = own.files.requestPath(request.sha256);
      const bytes = await receive(calls, request, { path, signal });
      await step("request-fetched");
      const { threadsPerClient } = opened.experiment.engine;
      const next = await local(order, () =>
        withThreads(threadsPerClient, () => answer(order, { own, bytes, journal })),
      );
      if (next !== undefined) await send(order, { own, journal: next, startMs });
    },
    close: async () => {
      await release();
      const account = await settle().catch((error: unknown) => {
        // Nothing is known of a run whose job is not here: there is nothing to report either.
        if (error instanceof AtollError && error.code === "JOB_UNKNOWN") return undefined;
        throw error;
      });
      await calls.call(
        "closed",
        { cell: key, ...(account !== undefined && { account }) },
        { signal },
      );
      onEvent({ kind: "closed", cell: key });
    },
  };
}
