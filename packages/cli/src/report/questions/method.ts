import type { Facts } from "../facts.ts";
import { MACRO } from "../facts.ts";
import { list, metricValue } from "../format.ts";
import { html } from "../html.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import { comparisonTables } from "../sections/comparison.ts";
import { block, folded, type Section } from "../sections/section.ts";
import { taskTable } from "../sections/tasks.ts";
import { chartBlock } from "../widgets/chart-block.ts";
import { shapeKeys } from "../widgets/shape-keys.ts";
import { ROW_PX } from "../charts/row-chart.ts";
import { methodVariants, paretoVariants, ROLE_NAMES, ROLES, WORST } from "./method-charts.ts";
import { pairwiseTable } from "./pairwise.ts";

/** Names in a sentence. */
const NAMES = 4;

/** Which method: all of them on one scale, client by client, pair by pair, and against what they cost. */
export function methodQuestion(facts: Facts): Section {
  const { methods } = facts.result;
  const variants = methodVariants(facts);
  const pareto = paretoVariants(facts);
  const pairs = pairwiseTable(facts);
  const roles = (["baseline", "federated", "reference"] as const).filter((role) =>
    facts.methods.some((name) => methods[name]!.role === role),
  );
  const hasWorst = facts.clients.length > 1 && facts.methods.some((name) => methods[name]!.worst);
  return {
    id: "comparison",
    title: "Which method?",
    answer: methodAnswer(facts),
    brief: methodBrief(facts),
    content: html`${
      variants.length > 0 &&
      chartBlock({
        id: "methods",
        caption: `Test value of each method: mean of clients with its 95% interval${hasWorst ? ", and the client that the method serves worst" : ""}.`,
        variants,
        choices: [{ label: "Metric", values: variants.map(({ of }) => of[0]!) }],
        rows: {
          noun: "methods",
          names: facts.methods.map(methodLabel),
          rowPx: ROW_PX,
          value: "value",
          orders: {},
        },
        below: shapeKeys([
          ...roles.map((role) => [ROLE_NAMES[role], ROLES[role]] as const),
          ...(hasWorst ? [["worst client", WORST] as const] : []),
        ]),
      })
    }
    ${folded("Every method, client by client", comparisonTables(facts))} ${taskTable(facts)}
    ${pairs && folded("Every method against every other", pairs)}
    ${
      pareto.length > 0 &&
      block(
        "Is it worth its price?",
        chartBlock({
          id: "pareto",
          caption:
            "Quality against cost, on a logarithmic axis; up is better, left is cheaper. References are left out.",
          variants: pareto,
          choices: [{ label: "Cost", values: pareto.map(({ of }) => of[0]!) }],
          below: shapeKeys(
            roles
              .filter((role) => role !== "reference")
              .map((role) => [ROLE_NAMES[role], ROLES[role]] as const),
          ),
        }),
      )
    }`,
  };
}

/** The best federated method, and how sure that is. */
function methodAnswer(facts: Facts): string {
  const { methods, metric } = facts.result;
  const label = metricLabel(metric);
  const ranked = facts.federated.filter((name) => methods[name]!.macro[metric] !== undefined);
  const [best, ...others] = ranked;
  if (best === undefined) return bestOfAll(facts);
  const macro = methods[best]!.macro[metric]!;
  const value = `${metricValue(macro.mean)} ${label}, 95% interval ${metricValue(macro.low)} to ${metricValue(macro.high)}`;
  if (others.length === 0)
    return `${methodLabel(best)} is the only federated method here: ${value}.`;
  const inside = others.filter((name) => {
    const { mean } = methods[name]!.macro[metric]!;
    return mean >= macro.low && mean <= macro.high;
  });
  const apart =
    inside.length === 0
      ? "No other federated method's mean lies inside that interval."
      : `The ${inside.length === 1 ? "mean" : "means"} of ${list(inside.map(methodLabel), NAMES)} ${inside.length === 1 ? "lies" : "lie"} inside that interval, so these results hardly tell them apart.`;
  const lead =
    facts.lead !== undefined && facts.lead !== best
      ? ` ${methodLabel(facts.lead)} is led with, as clients gain clearly from it.`
      : "";
  return `${methodLabel(best)} has the best mean over clients of ${ranked.length} federated methods: ${value}. ${apart}${lead}${worstText(facts, best)}${aloneText(facts, best)}`;
}

/** Whether the best mean is also the best for the client served worst. */
function worstText(facts: Facts, best: string): string {
  const { methods, metric } = facts.result;
  const sign = direction(metric);
  const worst = (name: string) => methods[name]!.worst?.[metric];
  const having = facts.federated.filter((name) => worst(name) !== undefined);
  if (having.length < 2 || facts.clients.length < 2) return "";
  const kindest = having.reduce((most, name) =>
    sign * (worst(name)!.mean - worst(most)!.mean) > 0 ? name : most,
  );
  const own = worst(kindest)!;
  return kindest === best
    ? ` It also serves its worst client best (${own.client}, ${metricValue(own.mean)}).`
    : ` The worst-served client fares best with ${methodLabel(kindest)} (${own.client}, ${metricValue(own.mean)}).`;
}

/** What is better still and needs no federation. */
function aloneText(facts: Facts, best: string): string {
  const { methods, metric } = facts.result;
  const sign = direction(metric);
  const value = (name: string) => methods[name]!.macro[metric]?.mean;
  const ahead = facts.methods.filter((name) => {
    const own = value(name);
    return (
      methods[name]!.role === "baseline" && own !== undefined && sign * (own - value(best)!) > 0
    );
  });
  if (ahead.length === 0) return "";
  return ` ${list(
    ahead.map((name) => `${methodLabel(name)} (${metricValue(value(name))})`),
    NAMES,
  )} ${ahead.length === 1 ? "has" : "have"} a better mean without a federation.`;
}

function bestOfAll(facts: Facts): string {
  const { methods, metric } = facts.result;
  const sign = direction(metric);
  const value = (name: string) => methods[name]!.macro[metric]?.mean;
  const [best] = facts.methods
    .filter((name) => methods[name]!.role !== "reference" && value(name) !== undefined)
    .sort((a, b) => sign * (value(b)! - value(a)!));
  if (best === undefined) return "No federated method was run.";
  return `No federated method was run. ${methodLabel(best)} has the best ${metricLabel(metric)}, ${metricValue(value(best))}.`;
}

function methodBrief(facts: Facts): string {
  const { methods, metric } = facts.result;
  const [best] = facts.federated;
  if (best === undefined) return "No federated method was run.";
  const macro = methods[best]!.macro[metric];
  const clear = facts.comparison(best, MACRO, metric)?.verdict;
  return `${methodLabel(best)}: ${metricValue(macro?.mean)} ${metricLabel(metric)}${clear === "better" ? ", clearly above local" : ""}.`;
}
