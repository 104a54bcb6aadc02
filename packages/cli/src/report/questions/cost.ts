import type { CodebookPages, MetricsLine } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { bytes, duration, mean } from "../format.ts";
import { epsilonText } from "../epsilon-text.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { promiseOf } from "../privacy/utility.ts";
import { folded, type Section } from "../sections/section.ts";
import { stageTraffic } from "../sections/stage-traffic.ts";
import { chartBlock } from "../widgets/chart-block.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { clientTraffic } from "./client-traffic.ts";
import { costVariants } from "./cost-charts.ts";

export interface CostOptions {
  readonly lines: readonly MetricsLine[];
  readonly codebooks: CodebookPages | undefined;
}

/** What did it cost: bytes by method, stage and client, rounds, time, epsilon. */
export function costQuestion(facts: Facts, { lines, codebooks }: CostOptions): Section {
  const variants = costVariants(facts);
  const perClient = clientTraffic(facts, lines);
  return {
    id: "cost",
    title: "What did it cost?",
    answer: costAnswer(facts),
    brief: costBrief(facts),
    content: html`${chartBlock({
      id: "cost",
      caption:
        "One training, all clients together, mean over seeds. Bytes are those of the encoded messages, evaluation included; seconds are wall-clock time beside other trainings of this run, so they compare only roughly.",
      variants,
      choices: [{ label: "Measure", values: variants.map(({ of }) => of[0]!) }],
    })}
    ${folded("The same in numbers", costTable(facts))}
    ${perClient && folded("Client by client", perClient)} ${stageTraffic(facts, codebooks)}`,
  };
}

function costAnswer(facts: Facts): string {
  const { methods } = facts.result;
  const clients = facts.clients.length;
  const name = facts.lead ?? facts.methods[0];
  if (name === undefined) return "Nothing was trained.";
  const own = methods[name]!;
  const total = own.bytes.up + own.bytes.down;
  const each =
    clients > 1 ? `, ${bytes(total / clients)} for each of ${clients} clients on average` : "";
  const dearest = facts.federated.toSorted((a, b) => totalOf(b) - totalOf(a));
  const range =
    dearest.length > 1
      ? ` Federated methods moved from ${bytes(totalOf(dearest.at(-1)!))} (${methodLabel(dearest.at(-1)!)}) to ${bytes(totalOf(dearest[0]!))} (${methodLabel(dearest[0]!)}).`
      : "";
  return `One training with ${methodLabel(name)} moved ${bytes(total)}${each}, in ${mean(own.rounds)} rounds and ${duration(own.seconds)}.${range} ${epsilonSentence(facts)}`;

  function totalOf(method: string): number {
    const { up, down } = methods[method]!.bytes;
    return up + down;
  }
}

function epsilonSentence(facts: Facts): string {
  const promised = facts.methods
    .map((name) => ({ name, epsilon: promiseOf(facts.result.methods[name]!) }))
    .filter(({ epsilon }) => epsilon < Infinity);
  if (promised.length === 0) return "No privacy was promised, so none was spent.";
  const parts = promised.map(
    ({ name, epsilon }) => `${methodLabel(name)} at most epsilon ${epsilonText(epsilon)}`,
  );
  return `Privacy spent: ${parts.join(", ")}.`;
}

function costBrief(facts: Facts): string {
  const name = facts.lead ?? facts.methods[0];
  if (name === undefined) return "";
  const { bytes: traffic, rounds, seconds } = facts.result.methods[name]!;
  return `${methodLabel(name)}: ${bytes(traffic.up + traffic.down)}, ${mean(rounds)} rounds, ${duration(seconds)}.`;
}

function costTable(facts: Facts): Html {
  const { methods } = facts.result;
  return scrollTable(
    html`<thead>
        <tr>
          <th scope="col">Method</th>
          <th scope="col">Up</th>
          <th scope="col">Down</th>
          <th scope="col">Rounds</th>
          <th scope="col">Time</th>
          <th scope="col">Epsilon</th>
        </tr>
      </thead>
      <tbody>
        ${facts.methods.map((name) => {
          const { bytes: traffic, rounds, seconds } = methods[name]!;
          const promise = promiseOf(methods[name]!);
          return html`<tr>
            <th scope="row">${methodLabel(name)}</th>
            <td data-v="${traffic.up}">${bytes(traffic.up)}</td>
            <td data-v="${traffic.down}">${bytes(traffic.down)}</td>
            <td data-v="${rounds}">${mean(rounds)}</td>
            <td data-v="${seconds}">${duration(seconds)}</td>
            <td>${promise === Infinity ? "no promise" : epsilonText(promise)}</td>
          </tr>`;
        })}
      </tbody>`,
    { label: "Bytes, rounds, time and epsilon by method", sortable: true },
  );
}
