import type { CoordinatorEvent } from "../coordinator/index.ts";
import type { Log, Metrics } from "../operations/index.ts";
import type {
  CallContext,
  FrameHandler,
  OperationHandlers,
  OperationName,
  ServeOptions,
} from "../protocol/index.ts";
import type { RunRecord, RunState } from "../record/index.ts";

/** A client that has asked for nothing in so long is away. */
const AWAY_MS = 90_000;
const NOTE_EVERY_MS = 3_600_000;

export interface WatchOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly record: Pick<RunRecord, "note" | "runs">;
  readonly now: () => number;
}

/** What a server writes to its log and counts. */
export function watchServer({ log, metrics, record, now }: WatchOptions) {
  const lastSeenMs = new Map<string, number>();
  const notedMs = new Map<string, number>();
  /** Whoever called is there, also behind a proxy that hides it from the carrier. */
  const see = (client: string | undefined) => {
    if (client !== undefined) lastSeenMs.set(client, now());
    const isThere = (seenMs: number) => now() - seenMs <= AWAY_MS;
    metrics.clientsConnected([...lastSeenMs.values()].filter(isThere).length);
  };
  const noteRuns = async () => {
    const counts: Partial<Record<RunState, number>> = {};
    for (const { state } of await record.runs()) counts[state] = (counts[state] ?? 0) + 1;
    metrics.runs(counts);
  };
  const onEvent = (event: CoordinatorEvent) => {
    const { kind, ...fields } = event;
    switch (event.kind) {
      case "run":
        log.child({ run: event.run }).info(`run.${event.state}`, {
          ...(event.reason !== undefined && { reason: event.reason }),
        });
        // Counting again may fail with the record; whoever works on runs hears of that.
        noteRuns().catch(() => {});
        if (event.state !== "waiting" && event.state !== "running") metrics.forgetRun(event.run);
        break;
      case "refused":
      case "lost":
        log.warn(`client.${kind}`, fields);
        break;
      case "round-end": {
        const { run, method } = event.cell;
        metrics.round({ run, method, seconds: event.seconds });
        log.info("round.end", fields);
        break;
      }
      case "round-start":
      case "answer":
        log.debug(kind.replace("-", "."), fields);
        break;
      case "accepted":
      case "cell-start":
      case "cell-end":
        log.info(kind.replace("-", "."), fields);
        break;
    }
  };
  return {
    onEvent,
    /** When a client called last; undefined where it has not since the server was started. */
    lastSeenMs: (client: string) => lastSeenMs.get(client),
    /** Counts bytes of frames, and who is there. */
    watched:
      (handler: FrameHandler): FrameHandler =>
      async (caller, frame, signal) => {
        const { client } = caller;
        see(client);
        metrics.bytes({ direction: "in", client, sizeBytes: frame.length });
        const answer = await handler(caller, frame, signal);
        metrics.bytes({ direction: "out", client, sizeBytes: answer.length });
        return answer;
      },
    /** Counts calls and what they take. */
    counted: (handlers: OperationHandlers): OperationHandlers =>
      Object.fromEntries(
        Object.entries(handlers).map(([name, handle]) => {
          const operation = name as OperationName;
          const counted = async (params: never, context: never) => {
            see((context as CallContext).client);
            const startMs = now();
            const count = (outcome: "ok" | "refused") =>
              metrics.call({ operation, outcome, seconds: (now() - startMs) / 1000 });
            try {
              const reply = await (handle as (p: never, c: never) => Promise<unknown>)(
                params,
                context,
              );
              count("ok");
              return reply;
            } catch (error) {
              count("refused");
              throw error;
            }
          };
          return [name, counted];
        }),
      ) as unknown as OperationHandlers,
    onRefused: ((refused) => {
      log.warn("call.refused", { ...refused });
      // Nobody fills the record with refusals: of those that a carrier knows, one of each kind in an hour is kept.
      const { caller, op, code } = refused;
      if (caller === undefined) return;
      const kind = JSON.stringify([caller, op, code]);
      if (now() - (notedMs.get(kind) ?? -Infinity) < NOTE_EVERY_MS) return;
      notedMs.set(kind, now());
      record.note("call-refused", { caller, op, code }, now()).catch(() => {});
    }) satisfies ServeOptions["onRefused"],
    onError: ((error, source) => {
      log.error("call.failed", { ...source, problem: String(error) });
    }) satisfies ServeOptions["onError"],
  };
}
