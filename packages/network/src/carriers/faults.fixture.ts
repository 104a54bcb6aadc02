import { type RandomStream, uniformBelow } from "@atoll/core/random";

export type Direction = "up" | "down";

/** What happens; `up` is from client to server. */
export type Harm =
  /** Both directions end in order, after the bytes before this one have been delivered. */
  | { readonly kind: "cut" }
  /** Both sides are reset at once; what was on its way may be lost with it. */
  | { readonly kind: "reset" }
  /** This byte and all after it come so much later. */
  | { readonly kind: "delay"; readonly delayMs: number }
  /** This direction ends before this byte; the other one goes on. */
  | { readonly kind: "truncate" }
  /** So many bytes are combined with the mask by exclusive or. */
  | { readonly kind: "corrupt"; readonly mask: number; readonly lengthBytes: number }
  /** So many bytes come a second time, right after the first. */
  | { readonly kind: "duplicate"; readonly lengthBytes: number }
  /** So many bytes change places with the same number of bytes after them. */
  | { readonly kind: "reorder"; readonly lengthBytes: number }
  /** Nothing more is delivered in this direction, and no end of it either. */
  | { readonly kind: "stall" };

/**
 * A harm at a byte of a connection: it is done when that byte arrives, or at the first byte after it that is not
 * part of another harm. A byte that never comes does no harm.
 */
export type Fault = Harm & {
  /** Connections are counted from 1 in the order in which they were accepted. */
  readonly connection: number;
  readonly direction: Direction;
  readonly atByte: number;
};

export type HarmKind = Harm["kind"];

export const HARM_KINDS = [
  "cut",
  "reset",
  "delay",
  "truncate",
  "corrupt",
  "duplicate",
  "reorder",
  "stall",
] as const satisfies readonly HarmKind[];

export interface FaultPlan {
  readonly connections: number;
  readonly faults: number;
  /** Faults lie below this byte; half of them in the first 64th part, where connections begin. */
  readonly belowByte: number;
  readonly kinds?: readonly HarmKind[];
  readonly maxDelayMs?: number;
}

/** Faults that the stream of random bits decides: the same stream, the same faults. */
export function randomFaults(random: RandomStream, plan: FaultPlan): Fault[] {
  const { kinds = HARM_KINDS, maxDelayMs = 50 } = plan;
  return Array.from({ length: plan.faults }, () => {
    const connection = 1 + uniformBelow(random, plan.connections);
    const direction = uniformBelow(random, 2) === 0 ? "up" : "down";
    const isEarly = uniformBelow(random, 2) === 0;
    const below = isEarly ? Math.max(1, Math.floor(plan.belowByte / 64)) : plan.belowByte;
    const atByte = uniformBelow(random, below);
    const harm = randomHarm(random, kinds[uniformBelow(random, kinds.length)]!, maxDelayMs);
    return { ...harm, connection, direction, atByte } as const;
  });
}

function randomHarm(random: RandomStream, kind: HarmKind, maxDelayMs: number): Harm {
  const lengthBytes = () => 1 + uniformBelow(random, 2048);
  switch (kind) {
    case "delay":
      return { kind, delayMs: 1 + uniformBelow(random, maxDelayMs) };
    case "corrupt":
      return {
        kind,
        mask: 1 + uniformBelow(random, 255),
        lengthBytes: 1 + uniformBelow(random, 8),
      };
    case "duplicate":
    case "reorder":
      return { kind, lengthBytes: lengthBytes() };
    case "cut":
    case "reset":
    case "truncate":
    case "stall":
      return { kind };
  }
}
