import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { OperationName } from "../protocol/operations.ts";
import type { RunState, TaskRow } from "../record/types.ts";

/** Silos are few. Where they are many, bytes are no longer counted for each by itself. */
export const MAX_CLIENT_LABELS = 200;
/** Runs of which rounds are counted by run; the oldest makes room. */
export const MAX_RUN_LABELS = 200;

const CALL_SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 30, 60];
const ROUND_SECONDS = [0.05, 0.2, 1, 5, 20, 60, 300, 1200, 3600, 6 * 3600, 24 * 3600];
const RUN_STATES: readonly RunState[] = ["waiting", "running", "done", "failed", "cancelled"];
const TASK_STATES: readonly TaskRow["state"][] = ["open", "leased", "answered", "dropped"];

export interface Metrics {
  /** Of `text`, for the answer's header. */
  readonly contentType: string;
  /** All values, as Prometheus reads them. */
  readonly text: () => Promise<string>;
  readonly call: (call: {
    readonly operation: OperationName;
    /** `failed`: the server could not, which is its own fault. */
    readonly outcome: "ok" | "refused" | "failed";
    readonly seconds: number;
  }) => void;
  readonly bytes: (bytes: {
    /** `in`: from clients. */
    readonly direction: "in" | "out";
    readonly client?: string | undefined;
    readonly sizeBytes: number;
  }) => void;
  readonly round: (round: {
    readonly run: string;
    readonly method: string;
    readonly seconds: number;
  }) => void;
  /** A run is over: its rounds are counted no longer. */
  readonly forgetRun: (run: string) => void;
  readonly clientsConnected: (count: number) => void;
  /** What is left out is 0. */
  readonly tasks: (counts: Readonly<Partial<Record<TaskRow["state"], number>>>) => void;
  readonly runs: (counts: Readonly<Partial<Record<RunState, number>>>) => void;
  readonly blobBytes: (sizeBytes: number) => void;
}

/** Counts and durations of one server, in a registry of their own. */
export function createMetrics(
  options: {
    /** Memory, CPU and event loop of this process, too. */ readonly ofProcess?: boolean;
  } = {},
): Metrics {
  const registry = new Registry();
  const registers = [registry];
  if (options.ofProcess ?? true) collectDefaultMetrics({ register: registry });

  const calls = new Counter({
    name: "atoll_calls_total",
    help: "Calls of clients, by operation and how they ended",
    labelNames: ["op", "outcome"],
    registers,
  });
  const callSeconds = new Histogram({
    name: "atoll_call_seconds",
    help: "How long calls took; a poll waits on purpose",
    labelNames: ["op"],
    buckets: CALL_SECONDS,
    registers,
  });
  const rounds = new Counter({
    name: "atoll_rounds_total",
    help: "Rounds that were closed, by run and method",
    labelNames: ["run", "method"],
    registers,
  });
  const roundSeconds = new Histogram({
    name: "atoll_round_seconds",
    help: "How long rounds took from opening to closing",
    buckets: ROUND_SECONDS,
    registers,
  });
  const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
  const connected = gauge("atoll_clients_connected", "Clients that were heard of lately");
  const blobs = gauge("atoll_blob_bytes", "Bytes on disk that messages and states are made of");
  const byState = <State extends string>(name: string, help: string, states: readonly State[]) => {
    const counted = new Gauge({ name, help, labelNames: ["state"], registers });
    for (const state of states) counted.set({ state }, 0);
    return (counts: Readonly<Partial<Record<State, number>>>) => {
      for (const state of states) counted.set({ state }, counts[state] ?? 0);
    };
  };

  // A map keeps its order: the first is the run that was heard of first.
  const methodsOf = new Map<string, Set<string>>();
  const forgetRun = (run: string) => {
    for (const method of methodsOf.get(run) ?? []) rounds.remove({ run, method });
    methodsOf.delete(run);
  };

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    call: ({ operation, outcome, seconds }) => {
      calls.inc({ op: operation, outcome });
      callSeconds.observe({ op: operation }, seconds);
    },
    bytes: bytesByClient(registers),
    round: ({ run, method, seconds }) => {
      rounds.inc({ run, method });
      roundSeconds.observe(seconds);
      const methods = methodsOf.get(run);
      if (methods !== undefined) return void methods.add(method);
      methodsOf.set(run, new Set([method]));
      if (methodsOf.size > MAX_RUN_LABELS) forgetRun(methodsOf.keys().next().value!);
    },
    forgetRun,
    clientsConnected: (count) => connected.set(count),
    tasks: byState("atoll_tasks", "Requests to clients, by state", TASK_STATES),
    runs: byState("atoll_runs", "Runs, by state", RUN_STATES),
    blobBytes: (sizeBytes) => blobs.set(sizeBytes),
  };
}

/** Counts for each client as long as they are few; then what they had is counted together. */
function bytesByClient(registers: Registry[]): Metrics["bytes"] {
  const bytes = new Counter({
    name: "atoll_bytes_total",
    help: "Bytes that came in from clients or went out to them; by client where there are at most 200",
    labelNames: ["direction", "client"],
    registers,
  });
  const clients = new Set<string>();
  const totals = { in: 0, out: 0 };
  let isByClient = true;
  return ({ direction, client, sizeBytes }) => {
    totals[direction] += sizeBytes;
    if (client !== undefined) clients.add(client);
    if (isByClient && clients.size > MAX_CLIENT_LABELS) {
      isByClient = false;
      clients.clear();
      bytes.reset();
      for (const both of ["in", "out"] as const) bytes.inc({ direction: both }, totals[both]);
    } else
      bytes.inc({ direction, ...(isByClient && client !== undefined && { client }) }, sizeBytes);
  };
}
