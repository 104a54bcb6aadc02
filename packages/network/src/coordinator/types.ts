import type { Plan } from "@atoll/node/runs";
import type { Experiment } from "@atoll/node/experiment";
import type { BlobStore } from "../blobs/index.ts";
import type { CellKey, Claim } from "../protocol/index.ts";
import type { RunRecord, RunState } from "../record/index.ts";
import type { Desk } from "./desk.ts";
import type { Keeper } from "./keeper.ts";
import type { RoundRules } from "./rounds.ts";

/** What whoever watches a coordinator is told. */
export type CoordinatorEvent =
  | {
      readonly kind: "run";
      readonly run: string;
      readonly state: RunState;
      readonly reason?: string;
    }
  | { readonly kind: "accepted"; readonly run: string; readonly client: string }
  | {
      readonly kind: "refused";
      readonly run: string;
      readonly client: string;
      readonly code: string;
      readonly reason: string;
    }
  | {
      readonly kind: "round-start";
      readonly cell: CellKey;
      readonly stage: string;
      readonly round: number;
      readonly clients: number;
    }
  | {
      readonly kind: "answer";
      readonly cell: CellKey;
      readonly stage: string;
      readonly round: number;
      readonly client: string;
      readonly bytesUp: number;
      readonly seconds: number;
    }
  | {
      readonly kind: "round-end";
      readonly cell: CellKey;
      readonly stage: string;
      readonly round: number;
      readonly dropped: readonly string[];
      readonly seconds: number;
    }
  | {
      readonly kind: "lost";
      readonly cell: CellKey;
      readonly client: string;
      readonly code: string;
      readonly reason: string;
    }
  | { readonly kind: "cell-start" | "cell-end"; readonly cell: CellKey; readonly rounds: number };

/** What every part of a coordinator works with. */
export interface CoordinatorParts {
  readonly record: RunRecord;
  readonly blobs: BlobStore;
  readonly desk: Desk;
  /** The server's folder: secrets and the ledger of noise that it draws itself. */
  readonly directory: string;
  readonly now: () => number;
  readonly onEvent: (event: CoordinatorEvent) => void;
  /** Seconds between two checkpoints of a cell, at least; rounds in between are made again from their answers. */
  readonly checkpointSeconds: number;
  readonly keeper: Keeper;
}

/** A run that goes on, in memory; the record is written first, always. */
export interface ActiveRun {
  readonly id: string;
  readonly experiment: Experiment;
  readonly plan: Plan;
  readonly methods: readonly string[];
  readonly rules: RoundRules;
  /** By client: its job, and what it said to it. */
  readonly clients: Map<string, { readonly job: Claim; state: "asked" | "accepted" | "refused" }>;
  /** Who is which party of a method. */
  readonly seatsOf: (method: string) => Seats;
  readonly abort: AbortController;
}

/** Which client is which party of a method. */
export interface Seats {
  readonly parties: readonly string[];
  readonly clientOf: (party: string) => string;
}
