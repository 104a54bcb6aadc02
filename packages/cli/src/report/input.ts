import type { CodebookPages, DomainPages, MetricsLine, Result } from "@atoll/node/results";

/** Where the run was made. `versions` and `cores` are named; anything else is printed as it is. */
export interface Environment {
  readonly versions?: Readonly<Record<string, string>>;
  readonly cores?: number;
  readonly [fact: string]: unknown;
}

/** A kind of message that a method's stages declare, as the privacy officer reads it. */
export interface ReportMessage {
  /** The method that sends it, where the same stage serves several. */
  readonly method?: string;
  readonly stage: string;
  readonly kind: string;
  readonly direction?: "to clients" | "to server";
  readonly purpose: string;
  /** Array name to one sentence that says what it reveals. */
  readonly arrays: Readonly<Record<string, string>>;
}

/** All that a report shows. */
export interface ReportInput {
  readonly result: Result;
  /** Learning curves: the lines of `metrics.jsonl`. */
  readonly lines: readonly MetricsLine[];
  readonly environment: Environment;
  readonly messages: readonly ReportMessage[];
  /** Of the first seed, where methods have codebooks. */
  readonly codebooks?: CodebookPages | undefined;
  /** Of the first seed, where methods have encoders of domains. */
  readonly domains?: DomainPages | undefined;
}
