import type { RunEvent } from "@atoll/node/runs";
import type { CellKey, Order } from "../protocol/index.ts";

/** Steps after which something new is on disk, or known to the server. */
export type Transition =
  | "job-stored"
  | "request-fetched"
  | "state-written"
  | "answer-written"
  | "journal-committed"
  | "uploaded"
  | "answered"
  | "closed"
  | "forgotten";

/** What a silo tells its own people: it may name rows and paths, which the server never hears. */
export type SiloEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "idle" }
  | {
      readonly kind: "job-accepted";
      readonly run: string;
      readonly name: string;
      /** Whose rows it reads here. */
      readonly clients: readonly string[];
    }
  | {
      readonly kind: "job-refused";
      readonly run: string;
      readonly code: string;
      /** What the server was told. */
      readonly reason: string;
      readonly details: readonly string[];
    }
  | { readonly kind: "preparing"; readonly run: string; readonly event: RunEvent }
  | {
      readonly kind: "request-start";
      readonly cell: CellKey;
      readonly seq: number;
      readonly sizeBytes: number;
    }
  | { readonly kind: "work"; readonly cell: CellKey; readonly work: string; readonly share: number }
  | {
      readonly kind: "upload";
      readonly cell: CellKey;
      readonly seq: number;
      readonly sentBytes: number;
      readonly sizeBytes: number;
    }
  | {
      readonly kind: "answered";
      readonly cell: CellKey;
      readonly seq: number;
      readonly verdict: "taken" | "late" | "refused";
      readonly reason?: string;
      readonly sizeBytes: number;
      readonly seconds: number;
    }
  | {
      readonly kind: "failed";
      readonly cell: CellKey;
      readonly seq: number;
      readonly code: string;
      /** What the server was told. */
      readonly reason: string;
      readonly details: readonly string[];
    }
  | { readonly kind: "closed"; readonly cell: CellKey }
  | { readonly kind: "forgotten"; readonly run: string }
  /** An order that could not be carried out this time; it is done again when the server asks again. */
  | { readonly kind: "error"; readonly order: Order; readonly text: string };
