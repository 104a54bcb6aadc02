import { AtollError } from "@atoll/core/errors";
import {
  checkAnswer,
  decodeMessage,
  guardAnswer,
  openMessage,
  type ExchangeRound,
  type RoundExchange,
  type Stage,
  type StoredMessage,
} from "@atoll/core/federation";
import type { CellKey, Claim } from "../protocol/index.ts";
import type { TaskRow } from "../record/index.ts";
import { traced } from "../tracing/index.ts";
import { requestName } from "./desk.ts";
import type { Heard, OpenRounds, Said } from "./open-rounds.ts";
import { verdictOf, type RoundRules } from "./rounds.ts";
import type { CoordinatorParts, Seats } from "./types.ts";

export interface CellExchangeOptions {
  readonly cell: CellKey;
  readonly stages: readonly Stage[];
  readonly seats: Seats;
  readonly rules: RoundRules;
  /** By client: the number of its last request; the exchange counts on. */
  readonly seqs: Map<string, number>;
  readonly rounds: OpenRounds;
  /** Whether a client's certificates were revoked. */
  readonly isRevoked: (client: string) => boolean;
  /** Settles when the run is cancelled or the server stops; the round stays open in the record. */
  readonly signal: AbortSignal;
}

interface Asked {
  readonly party: string;
  readonly client: string;
  readonly bytes: Uint8Array;
  readonly task: TaskRow;
}

/**
 * Carries rounds through the record: requests are written there before a client can see them, answers before they
 * count, and who was left out before the round goes on. So a round that is asked again after a crash comes to the
 * same answers.
 */
export function cellExchange(
  parts: CoordinatorParts,
  { cell, stages, seats, rules, seqs, rounds, isRevoked, signal }: CellExchangeOptions,
): ExchangeRound {
  const { record, blobs, desk, keeper, now, onEvent } = parts;

  const open = (round: RoundExchange): Promise<Asked[]> =>
    keeper.storing(async (touch) => {
      const claims = new Map<Uint8Array, Claim>();
      const asked = [];
      for (const [party, bytes] of round.requests) {
        const client = seats.clientOf(party);
        const seq = (seqs.get(client) ?? 0) + 1;
        seqs.set(client, seq);
        const request = claims.get(bytes) ?? (await blobs.put([bytes]));
        claims.set(bytes, request);
        touch(request.sha256);
        const { stage, round: number } = round;
        asked.push({ party, bytes, opened: { cell, client, seq, stage, round: number, request } });
      }
      const tasks = await record.openTasks(
        asked.map(({ opened }) => opened),
        now(),
      );
      return asked.map(({ party, bytes, opened }) => ({
        party,
        bytes,
        client: opened.client,
        task: tasks.find(({ client }) => client === opened.client)!,
      }));
    });

  const stored = ({ sha256, sizeBytes }: Claim): StoredMessage => ({
    length: sizeBytes,
    read: (from, to) => blobs.read(sha256, from, to),
  });

  const carry = async (round: RoundExchange): Promise<void> => {
    const stage = stages.find(({ name }) => name === round.stage)!;
    const asked = await open(round);
    const startedMs = Math.min(now(), ...asked.map(({ task }) => task.openedAtMs));
    const place = { cell, stage: round.stage, round: round.round };
    onEvent({ kind: "round-start", ...place, clients: asked.length });
    const answers = new Map<string, Claim>();
    const lost = new Map<string, { readonly code: string; readonly reason: string }>();
    const wasClosed = asked.some(({ task }) => task.state === "dropped");

    await new Promise<void>((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined;
      let isSettled = false;
      const settle = (error?: unknown) => {
        isSettled = true;
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        for (const { client, task } of asked) {
          rounds.close(client, cell, task.seq);
          desk.take(client, requestName(cell, task.seq));
        }
        if (error === undefined) resolve();
        else reject(error);
      };
      const stop = () => settle(signal.reason);
      const look = () => {
        if (isSettled) return;
        clearTimeout(timer);
        const standing = {
          asked: asked.length,
          answered: answers.size,
          lost: lost.size,
          elapsedMs: now() - startedMs,
        };
        const first = [...lost][0];
        if (!round.optional) {
          if (first !== undefined) settle(lostError(first[0], first[1]));
          else if (answers.size === asked.length) settle();
          return;
        }
        const verdict = verdictOf(rules, standing);
        if (verdict.kind === "close") settle();
        else if (verdict.kind === "hopeless") settle(lostError(first![0], first![1]));
        else if (verdict.atMostMs !== undefined)
          timer = setTimeout(look, Math.min(verdict.atMostMs, 2 ** 31 - 1));
      };
      /** Nothing is asked of it any more in this round: the same request would come to the same. */
      const lose = ({ client, party, task }: Asked, code: string, reason: string) => {
        if (answers.has(party)) return;
        lost.set(client, { code, reason });
        desk.take(client, requestName(cell, task.seq));
        onEvent({ kind: "lost", cell, client, code, reason });
      };

      const hear = async (entry: Asked, said: Said): Promise<Heard> => {
        if (said.kind === "failed") {
          lose(entry, said.code, said.reason);
          look();
          return { kind: "taken" };
        }
        return keeper.storing((touch) => hearAnswer(entry, said.answer, touch));
      };

      const hearAnswer = async (
        entry: Asked,
        answer: Claim,
        touch: (sha256: string) => void,
      ): Promise<Heard> => {
        const { client, party, bytes, task } = entry;
        // Another client's bytes are not there for this one, whole or not.
        if (!(await blobs.arrivalOf(client, answer)).isWhole)
          throw new AtollError(
            "BLOB_MISSING",
            `answer ${answer.sha256.slice(0, 12)} of ${answer.sizeBytes} bytes is not here as a whole; upload it again`,
          );
        touch(answer.sha256);
        try {
          const request = decodeMessage(bytes);
          const message = guardAnswer(stage, request, openMessage(stored(answer)));
          checkAnswer(party, request, message);
          round.check(party, message);
        } catch (error) {
          if (!(error instanceof AtollError)) throw error;
          lose(entry, error.code, error.message);
          look();
          return { kind: "refused", reason: error.message };
        }
        const verdict = await record.answerTask({ cell, client, seq: task.seq }, answer, now());
        if (verdict !== "taken") return { kind: "late" };
        if (!answers.has(party)) {
          answers.set(party, answer);
          lost.delete(client);
          desk.take(client, requestName(cell, task.seq));
          const seconds = (now() - startedMs) / 1000;
          onEvent({ kind: "answer", ...place, client, bytesUp: answer.sizeBytes, seconds });
        }
        look();
        return { kind: "taken" };
      };

      if (signal.aborted) return stop();
      signal.addEventListener("abort", stop);
      for (const entry of asked) {
        const { client, party, task } = entry;
        if (task.answer !== undefined) answers.set(party, task.answer);
        else if (wasClosed) continue;
        else if (isRevoked(client)) lose(entry, "CLIENT_REVOKED", "its certificates were revoked");
        else {
          const { request, seq } = task;
          rounds.open(client, cell, seq, { request, say: (said) => hear(entry, said) });
          desk.put(client, requestName(cell, seq), { kind: "request", cell, seq, request });
        }
      }
      if (wasClosed) settle();
      else look();
    });

    const keys = asked.map(({ client, task }) => ({ cell, client, seq: task.seq }));
    const closed = await record.dropTasks(keys, now());
    // An answer that was taken in the last instant counts: the record says so.
    for (const { party, client } of asked) {
      const task = closed.find((row) => row.client === client)!;
      if (task.answer !== undefined) round.take(party, stored(task.answer));
    }
    const dropped = closed.flatMap(({ client, state }) => (state === "dropped" ? [client] : []));
    const seconds = (now() - startedMs) / 1000;
    onEvent({ kind: "round-end", ...place, dropped, seconds });
  };
  return (round) => {
    const { stage, round: number, requests } = round;
    const about = { ...cell, stage, round: number, clients: requests.size };
    return traced("round", about, () => carry(round));
  };
}

function lostError(client: string, { code, reason }: { code: string; reason: string }): AtollError {
  return new AtollError(
    "ROUND_LOST",
    `client "${client}" cannot answer (${code}: ${reason}) and the round cannot do without it`,
  );
}
