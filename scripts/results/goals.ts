import type { Result } from "@atoll/node/results";
import type { Comparison } from "./compared.ts";
import { table } from "../markdown.ts";

/** A finished run by its name. */
export type ResultOf = (name: string) => Result;

export interface Goal {
  readonly goal: string;
  readonly measured: string;
  readonly verdict: (typeof VERDICTS)[number];
}

/** From the best to the worst. */
export const VERDICTS = [
  "met",
  "met by the mean, not by the interval",
  "no clear difference",
  "not met",
] as const;

export const decided = (isMet: boolean): Goal["verdict"] => (isMet ? "met" : "not met");

/** Both the mean and the lower end of its interval, the mean alone, or neither. */
export function graded({ difference: mean, low }: Comparison, bound: number): Goal["verdict"] {
  if (mean < bound) return "not met";
  return low < bound ? "met by the mean, not by the interval" : "met";
}

/** Lines of one cell. */
export const lines = (entries: readonly string[]) => entries.join("<br>");

export const goalTable = (goals: readonly Goal[]) =>
  table(
    ["goal", "measured", ""],
    goals.map(({ goal, measured, verdict }) => [
      goal,
      measured,
      verdict === "met" ? verdict : `**${verdict}**`,
    ]),
  );

/** How many are met, and which are not. */
export function goalsInWords(goals: readonly Goal[]): string {
  const open = goals.filter(({ verdict }) => verdict !== "met");
  const met = `${goals.length - open.length} of ${goals.length} goals are met`;
  return open.length === 0
    ? `${met}.`
    : `${met}. The others:\n\n${open.map(({ goal, verdict }) => `- ${goal}: ${verdict}`).join("\n")}`;
}
