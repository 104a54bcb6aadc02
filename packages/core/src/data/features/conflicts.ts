import { AtollError } from "../../errors/index.ts";
import type { ColumnsConfig } from "../config.ts";
import { labelEntries } from "../label-entries.ts";
import { declaredFeatures, HISTORY } from "./declared.ts";
import { readsOf } from "./derive.ts";

/** Features of one name twice, features that give a label away, and a history without items. */
export function conflictsOf(
  client: string,
  columns: ColumnsConfig,
  oracleColumns: readonly string[] = [],
): AtollError[] {
  const problems: AtollError[] = [];
  const conflict = (text: string) =>
    problems.push(new AtollError("DATA_ROLE_CONFLICT", `client "${client}": ${text}`));
  if (columns.label !== undefined && columns.labels !== undefined)
    conflict("data.columns.label and data.columns.labels are both given; keep one of them");
  if (columns.labels !== undefined && Object.keys(columns.labels).length === 0)
    conflict("data.columns.labels names no label; name one, or use data.columns.label");
  const { categorical, numeric, history } = declaredFeatures(columns);
  const taken = new Map<string, string>();
  const labels = labelEntries(columns).map(({ column }) => column);
  if (columns.weight !== undefined && labels.includes(columns.weight))
    conflict(
      `column "${columns.weight}" is the label and the weight at once; give data.columns.weight another column`,
    );
  const reads = new Map<string, string>();
  if (columns.time !== undefined) reads.set(columns.time, "number");
  if (columns.text !== undefined) {
    if (columns.text === columns.time || labels.includes(columns.text))
      conflict(
        `column "${columns.text}" is the item's text and the ${columns.text === columns.time ? "time" : "label"} at once; give data.columns.text another column`,
      );
    reads.set(columns.text, "text");
  }
  const features = [...categorical, ...numeric];
  for (const { name, list, from, rule } of features) {
    const id = list === "user" || list === "item";
    const holder = taken.get(name);
    if (holder !== undefined)
      conflict(
        `data.columns.${list} names a feature "${name}", but that name belongs to ${holder}; list it once, or give it another name`,
      );
    else
      taken.set(
        name,
        id ? `the ${name} id, column "${columns[name as "user" | "item"]}"` : `a ${list} column`,
      );
    for (const { name: column, as } of readsOf(from, rule.kind)) {
      if (labels.includes(column) || oracleColumns.includes(column))
        conflict(
          `column "${column}" is ${oracleColumns.includes(column) ? "the true probability" : "the label"} and a ${list} feature at once, so a model would read the answer; remove it from data.columns.${list}`,
        );
      const kind = as === "text" ? "text" : "number";
      const other = reads.get(column);
      if (other !== undefined && other !== kind)
        conflict(
          `column "${column}" is read as ${other} and, for data.columns.${list}, as ${kind}; give it one role, or make a second column with a query`,
        );
      reads.set(column, kind);
    }
  }
  if (history !== undefined && (columns.user === undefined || columns.item === undefined))
    conflict("data.columns.history needs a user and an item; name their columns");
  if (history !== undefined && taken.has(HISTORY))
    conflict(`the feature "${HISTORY}" is made by data.columns.history; give the other one a name`);
  for (const { name, rule } of categorical)
    if (rule.kind === "list" && rule.like !== undefined) {
      const meant = categorical.find((feature) => feature.name === rule.like);
      if (meant?.rule.kind !== "value")
        conflict(
          `data.columns.sequences: "${name}" has values like those of "${rule.like}", which is no categorical feature with one value; there are: ${categorical
            .filter((feature) => feature.rule.kind === "value")
            .map((feature) => feature.name)
            .join(", ")}`,
        );
    }
  return problems;
}
