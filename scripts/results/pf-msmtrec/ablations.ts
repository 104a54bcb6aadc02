import type { Result } from "@atoll/node/results";
import { table } from "../../markdown.ts";
import { smallestOf } from "./goals.ts";
import { CLICK, SALE } from "./tables.ts";
import { LITERAL, PF, type Variant } from "./variants.ts";
import { MACRO, difference, find } from "../compared.ts";

/** Variants of the method beside what they are variants of. */
export function variantTable(result: Result, variants: readonly Variant[]): string {
  const smallest = smallestOf(result);
  const value = (method: string, metric: string, client = MACRO) => {
    const own = result.methods[method]!;
    const found = client === MACRO ? own.macro[metric] : own.clients[client]?.[metric];
    return found === undefined ? "-" : found.mean.toFixed(4);
  };
  const marked = (method: string, other: string, metric = CLICK) => {
    const entry = find(result, method, other, MACRO, metric);
    // The bare interval: what is asked is which part could matter, not which of twenty surely does.
    const clear = entry !== undefined && (entry.low > 0 || entry.high < 0);
    return difference(entry, clear ? " *" : "");
  };
  const row = (method: string, part: string, setTo: string) => [
    part,
    setTo,
    value(method, CLICK),
    method === PF ? "" : marked(method, PF),
    method === "local" ? "" : marked(method, "local"),
    value(method, CLICK, smallest),
    value(method, SALE),
    method === PF ? "" : marked(method, PF, SALE),
  ];
  const fixed = [
    [PF, "the method", "as it is"],
    [LITERAL, "the literal reading", ""],
    ["local", "local", ""],
    ["fedavg", "FedAvg", ""],
  ] as const;
  return table(
    [
      "part",
      "set to",
      "click AUC",
      `against ${PF}`,
      "against local",
      `click AUC of ${smallest}`,
      "sale AUC",
      `against ${PF}`,
    ],
    [
      ...fixed.flatMap(([name, part, setTo]) =>
        name in result.methods ? [row(name, part, setTo)] : [],
      ),
      ...variants.flatMap(({ name, part, setTo }) =>
        name in result.methods ? [row(name, part, setTo)] : [],
      ),
    ],
  );
}

/** What each rule for embedding tables gives the methods that all runs have. */
export function ruleTable(rules: readonly (readonly [title: string, Result])[]): string {
  const [first, ...others] = rules.map(([, result]) => result);
  const methods = Object.keys(first!.methods).filter((method) =>
    others.every((result) => method in result.methods),
  );
  return table(
    ["rule", ...methods],
    rules.map(([title, result]) => [
      title,
      ...methods.map((method) => {
        const value = result.methods[method]!.macro[CLICK];
        return value === undefined
          ? "-"
          : `${value.mean.toFixed(4)} ± ${((value.high - value.low) / 2).toFixed(4)}`;
      }),
    ]),
  );
}
