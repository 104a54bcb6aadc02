import type { workerPool } from "@atoll/node/workers";
import type { SiloPolicy } from "../policy/index.ts";
import type { ServerCalls } from "../protocol/index.ts";
import type { SiloEvent, Transition } from "./events.ts";

export interface SiloOptions {
  readonly calls: ServerCalls;
  /** What the silo keeps: jobs, states, answers, ledgers and secrets. Nobody else needs to read it. */
  readonly folder: string;
  readonly policy: SiloPolicy;
  readonly data: {
    /**
     * Where the silo's rows lie. Stands for `data.directory` of every experiment; nothing outside of it is read.
     */
    readonly directory: string;
  };
  /** Threads in all, which cells share; default: the machine's cores. */
  readonly threads?: number | undefined;
  /** Ends the silo at once; what it was computing is computed again when it is started again. */
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly now: () => number;
  readonly onEvent: (event: SiloEvent) => void;
  /** Called after each step; where it throws, the silo ends there and then, as if it had been killed. */
  readonly onTransition?: ((step: Transition) => void | Promise<void>) | undefined;
  /** Where worker threads come from; default: a new one for each cell. */
  readonly openPool?: typeof workerPool | undefined;
  /** How long a poll waits at the server; default: 20 000. */
  readonly waitMs?: number | undefined;
  /** Pause before the same order is looked at again; it doubles each time up to 32 of these. Default: 1000. */
  readonly pauseMs?: number | undefined;
}

/** All that the parts of a silo work with. */
export interface SiloParts extends Pick<
  SiloOptions,
  "calls" | "folder" | "policy" | "now" | "onEvent"
> {
  /** Absolute. */
  readonly dataDirectory: string;
  /** Aborts with the silo, or when it is taken for killed. */
  readonly signal: AbortSignal;
  /** Says that a step is done; throws where the silo ends here. */
  readonly step: (step: Transition) => Promise<void>;
  readonly openPool: typeof workerPool;
  /** Runs work once `count` threads are free. */
  readonly withThreads: <T>(count: number, work: () => Promise<T>) => Promise<T>;
}
