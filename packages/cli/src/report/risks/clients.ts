import { MACRO, type Facts } from "../facts.ts";
import { list, metricValue, signed } from "../format.ts";
import { direction, methodLabel, metricLabel } from "../labels.ts";
import type { Check } from "./check.ts";

const NAMES = 4;

/** Who loses by federating, with the method led with and with the others. */
export function losers(facts: Facts, lead: string): Check {
  const { metric } = facts.result;
  const { worse, missing } = facts.tally(lead, metric);
  const others = facts.federated
    .filter((name) => name !== lead)
    .map((name) => ({ name, worse: facts.tally(name, metric).worse }))
    .filter((own) => own.worse.length > 0);
  const items = others.map(
    ({ name, worse: own }) =>
      `${methodLabel(name)}: ${list(own, NAMES)} ${own.length === 1 ? "loses" : "lose"}`,
  );
  const risk = "Losing clients";
  const looked = `paired tests of every client against local training in ${metricLabel(metric)}, Holm-corrected`;
  if (missing.length === facts.clients.length)
    return {
      kind: "unknown",
      risk,
      looked,
      text: `${methodLabel(lead)} was not compared with training locally: add a method of kind local.`,
    };
  if (worse.length > 0) {
    const losses = worse.map(
      (client) => `${client} ${signed(facts.comparison(lead, client, metric)?.difference)}`,
    );
    return {
      kind: "found",
      risk,
      looked,
      text: `With ${methodLabel(lead)}, ${list(losses, NAMES)}: clearly worse than alone.`,
      items,
    };
  }
  return {
    kind: "clear",
    risk,
    looked,
    text: `No client is clearly worse off with ${methodLabel(lead)}.${items.length > 0 ? " With other methods some are:" : ""}`,
    items,
  };
}

/** The client that is served worst, and how far apart gains are. */
export function fairness(facts: Facts, lead: string): Check | undefined {
  const { metric, methods } = facts.result;
  if (facts.clients.length < 2 || facts.baseline === undefined) return undefined;
  const own = methods[lead]!.worst?.[metric];
  const alone = methods[facts.baseline]!.worst?.[metric];
  if (own === undefined || alone === undefined) return undefined;
  const sign = direction(metric);
  const gains = facts.clients.flatMap((client) => {
    const entry = facts.comparison(lead, client, metric);
    return entry === undefined ? [] : [sign * entry.difference];
  });
  const spread = gains.length < 2 ? 0 : Math.max(...gains) - Math.min(...gains);
  const lower = sign * (own.mean - alone.mean) < 0;
  const kinder = facts.federated
    .filter((name) => name !== lead)
    .flatMap((name) => {
      const other = methods[name]!.worst?.[metric];
      return other !== undefined && sign * (other.mean - own.mean) > 0 ? [{ name, other }] : [];
    })
    .sort((a, b) => sign * (b.other.mean - a.other.mean))[0];
  const better =
    kinder === undefined
      ? ""
      : ` ${methodLabel(kinder.name)} serves its worst client better (${kinder.other.client}, ${metricValue(kinder.other.mean)}).`;
  return {
    kind: lower ? "found" : "clear",
    risk: "Unfair gains",
    text: `The worst-served client is ${own.client} with ${metricValue(own.mean)} ${metricLabel(metric)}; alone it is ${alone.client} with ${metricValue(alone.mean)}${lower ? ", so the floor sinks" : ""}. Clients' gains are up to ${spread.toFixed(4)} apart.${better}`,
    looked: "the worst client's mean with and without a federation, and the range of gains",
  };
}

/** What needs no federation and is as good, for some client. */
export function simpler(facts: Facts, lead: string): Check | undefined {
  const { methods, metric } = facts.result;
  const sign = direction(metric);
  const others = facts.methods.filter(
    (name) => methods[name]!.role === "baseline" && name !== facts.baseline && name !== lead,
  );
  if (others.length === 0) return undefined;
  const value = (name: string, client: string) => methods[name]!.clients[client]?.[metric]?.mean;
  const items = others.flatMap((name) => {
    const ahead = facts.clients.filter((client) => {
      const [own, other] = [value(lead, client), value(name, client)];
      return own !== undefined && other !== undefined && sign * (other - own) > 0;
    });
    return ahead.length === 0
      ? []
      : [`${methodLabel(name)} scores better for ${list(ahead, NAMES)}`];
  });
  return {
    kind: items.length > 0 ? "found" : "clear",
    risk: "Something simpler that does as well",
    text:
      items.length > 0
        ? `Methods without a federation score better than ${methodLabel(lead)} for some clients:`
        : `${methodLabel(lead)} scores better than ${list(others.map(methodLabel), NAMES)} for every client.`,
    looked: "means over seeds of every baseline but local training, client by client",
    items,
  };
}

/** Whether another metric says the opposite of the headline one. */
export function otherMetrics(facts: Facts, lead: string): Check | undefined {
  const others = facts.metrics.filter((metric) => metric !== facts.result.metric);
  const tested = others.filter((metric) => facts.comparison(lead, MACRO, metric) !== undefined);
  if (tested.length === 0) return undefined;
  const items = tested.flatMap((metric) => {
    const { macro, worse } = facts.tally(lead, metric);
    const parts = [
      ...(macro?.verdict === "worse"
        ? [`the mean over clients is clearly worse (${signed(macro.difference)})`]
        : []),
      ...(worse.length > 0
        ? [`${list(worse, NAMES)} clearly lose${worse.length === 1 ? "s" : ""}`]
        : []),
    ];
    return parts.length === 0 ? [] : [`${metricLabel(metric)}: ${list(parts)}`];
  });
  return {
    kind: items.length > 0 ? "found" : "clear",
    risk: "Worse by another metric",
    text:
      items.length > 0
        ? `${methodLabel(lead)} against local training is clearly worse by other metrics:`
        : `By none of ${tested.length} other metrics is ${methodLabel(lead)} clearly worse than local training, on average or for a client.`,
    looked: `${list(tested.map(metricLabel))}, against local training`,
    items,
  };
}
