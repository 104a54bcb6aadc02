import type { Experiment } from "@atoll/node/experiment";
import type { Sha256 } from "../blobs/types.ts";
import type { Job } from "../protocol/types.ts";

/** A job, and what the silo knows about itself. */
export interface ReviewedJob {
  readonly job: Job;
  /** The job's experiment, read and checked. */
  readonly experiment: Experiment;
  /** Names of the clients, as the experiment calls them, whose rows lie in this silo. */
  readonly clients: readonly string[];
  /** Training rows by client, once the rows are read; before, rules about rows do not speak. */
  readonly numRows?: Readonly<Record<string, number>>;
  /** Hashes of the programs that the job would run, where they are known. */
  readonly programs?: readonly Sha256[];
}

export interface Refusal {
  readonly kind: "refused";
  readonly code: "POLICY_REFUSED";
  /** For the server: names rules, and never a value of the policy or of the data. */
  readonly reason: string;
  /** For the silo's own log, and for nobody else: every reason, with values. */
  readonly details: readonly string[];
}

export type Verdict = { readonly kind: "allowed" } | Refusal;

/** The silo's word on what it is asked for. It overrules the job. */
export interface SiloPolicy {
  readonly review: (job: ReviewedJob) => Promise<Verdict>;
  /**
   * Asked before each answer leaves. `sizeBytes` is what the run has sent until now and this answer together,
   * by the silo's own books, so that asking twice changes nothing. Left out: as much as there is.
   */
  readonly mayUpload?: (run: string, sizeBytes: number) => Verdict;
  /** Programs that may run here, by hash; undefined: any. */
  readonly programs?: readonly Sha256[] | undefined;
}
