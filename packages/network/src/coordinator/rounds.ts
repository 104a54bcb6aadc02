import { z } from "zod";

/**
 * When a round is closed that may do without some of its answers. Rounds that need everybody, such as the first,
 * in which vocabularies are agreed on, wait for everybody.
 */
export const roundRulesSchema = z.strictObject({
  deadlineSeconds: z
    .number()
    .positive()
    .nullable()
    .default(null)
    .describe("after so long a round goes on without those that have not answered; null: never"),
  minimum: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe("share of the cohort that a round waits for, deadline or not"),
  target: z
    .number()
    .gt(0)
    .max(1)
    .default(1)
    .describe(
      "share of the cohort whose answers are enough: the others are dropped at once. Below 1 more clients are asked than are needed",
    ),
});

export type RoundRules = z.infer<typeof roundRulesSchema>;

export interface RoundStanding {
  readonly asked: number;
  readonly answered: number;
  /** Clients that will not answer: they failed, or are not enrolled any more. */
  readonly lost: number;
  readonly elapsedMs: number;
}

export type RoundVerdict =
  | { readonly kind: "wait"; readonly atMostMs: number | undefined }
  | { readonly kind: "close" }
  /** Too few are left. */
  | { readonly kind: "hopeless" };

/** Whether a round that may do without some answers is closed now. */
export function verdictOf(rules: RoundRules, standing: RoundStanding): RoundVerdict {
  const { asked, answered, lost, elapsedMs } = standing;
  const needed = Math.ceil(rules.minimum * asked);
  const enough = Math.max(needed, Math.ceil(rules.target * asked));
  if (answered >= enough) return { kind: "close" };
  if (asked - lost < needed) return { kind: "hopeless" };
  if (answered + lost === asked) return { kind: "close" };
  if (rules.deadlineSeconds === null) return { kind: "wait", atMostMs: undefined };
  const leftMs = rules.deadlineSeconds * 1000 - elapsedMs;
  if (leftMs > 0) return { kind: "wait", atMostMs: leftMs };
  return answered >= needed ? { kind: "close" } : { kind: "wait", atMostMs: undefined };
}
