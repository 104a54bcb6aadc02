import type { MetricsLine } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { html } from "../html.ts";
import type { Environment } from "../input.ts";
import { protocolBlocks } from "../sections/protocol.ts";
import type { Section } from "../sections/section.ts";
import { learningBlock } from "./learning.ts";

export interface MeasuredOptions {
  readonly lines: readonly MetricsLine[];
  readonly environment: Environment;
}

/** How was it measured: the rules, learning curves, the data, the machine, the experiment. */
export function measuredQuestion(facts: Facts, { lines, environment }: MeasuredOptions): Section {
  const { result } = facts;
  const split = result.protocol.find(({ topic }) => topic === "Split")?.text;
  const seeds = result.seeds.length;
  return {
    id: "protocol",
    title: "How was it measured?",
    answer: `Every method had the same rows, the same candidates and the same budget${split === undefined ? "" : `, split by ${split}`}; ${seeds === 1 ? "one seed was" : `${seeds} seeds were`} run, and test rows were scored once, after training.`,
    brief: `${seeds} ${seeds === 1 ? "seed" : "seeds"}; rules, learning curves, data and machine.`,
    content: html`${protocolBlocks(facts, { environment, learning: learningBlock(facts, lines) })}`,
  };
}
