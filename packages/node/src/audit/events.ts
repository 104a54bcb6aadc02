import type { RunEvent } from "../runs/index.ts";

/** What an audit tells whoever watches; all wording belongs to the watcher. */
export type AuditEvent =
  | Extract<RunEvent, { readonly kind: "reading" | "cache-damaged" | "read" | "splitting" }>
  | {
      readonly kind: "audit-plan";
      readonly methods: readonly string[];
      /** Trainings that are made for the attacks. */
      readonly trainings: number;
      readonly threads: number;
    }
  /** A model was trained for an attack. */
  | {
      readonly kind: "trained";
      readonly purpose: Purpose;
      readonly method: string;
      readonly done: number;
      readonly total: number;
    }
  /** A method of the run is about to be attacked. */
  | { readonly kind: "attack"; readonly method: string; readonly attack: Attack };

/** What a model is trained for. */
export type Purpose = "shadow" | "canaries";

export type Attack = "threshold" | "items";
