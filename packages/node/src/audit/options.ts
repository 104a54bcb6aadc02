import type { workerPool } from "../workers/index.ts";
import type { AuditEvent } from "./events.ts";

export interface AuditOptions {
  /** Models trained for the likelihood ratios: an even number of at least 4, or 0 for none. */
  readonly shadows: number;
  /** Made-up rows of each client, for every method; default: 200 where DP-SGD protects examples. */
  readonly canaries?: number;
  /** Of the audit's own draws: the same seed gives the same audit. */
  readonly seed: number;
  /** Default: every method that stores a model. */
  readonly methods?: readonly string[];
  /** Threads in all, a client's own among them; default: the machine's cores. */
  readonly threads?: number;
  /** Stops the audit; nothing of it is kept. */
  readonly signal: AbortSignal;
  readonly now: () => Date;
  readonly onEvent: (event: AuditEvent) => void;
  /** Where worker threads come from; default: new ones, which end with the audit. */
  readonly openPool?: typeof workerPool;
}
