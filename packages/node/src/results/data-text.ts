import type { Experiment } from "../experiment/index.ts";

/** Whose rows they are, in one sentence. */
export function dataText({ data }: Pick<Experiment, "data">): string {
  switch (data.kind) {
    case "files":
      return `${Object.keys(data.clients).length} clients, ${data.feedback} feedback, ${labelText(data.columns)}`;
    case "synthetic":
      return `a synthetic world of ${Object.keys(data.markets).length} markets with disjoint users and ${data.catalogue ? `items of which ${Math.round(100 * data.catalogue.share)}% come from a common catalogue` : "items"}; ${Math.round(100 * data.sharedTaste)}% of the taste's variance is common to all${data.feedback === "implicit" ? "; every row is an item that its user chose" : ""}`;
    case "scenarios":
      return scenariosText(data);
    case "cross-domain":
      return `a synthetic world of ${data.users.toLocaleString("en-US")} users in ${Object.keys(data.domains).length} domains; what a user wants in two of them correlates by ${data.sharedWeight}, and every row is an item that its user chose`;
  }
}

function labelText({ label, labels }: Extract<Experiment["data"], { kind: "files" }>["columns"]) {
  if (labels !== undefined) return `labels ${Object.keys(labels).join(", ")}`;
  if (label === undefined) return "every row is a positive";
  return typeof label === "string"
    ? `label ${label}`
    : `positive where ${label.column} is at least ${label.atLeast}`;
}

function scenariosText(data: Extract<Experiment["data"], { kind: "scenarios" }>): string {
  const clauses = [
    `a synthetic world of ${Object.keys(data.scenarios).length} scenarios whose clicks and sales depend on ${data.units} hidden units that all have in common`,
    `what they want of them differs by ${data.spread} degrees within a group, by ${Math.max(data.spread, data.conflictAngle)} between groups; clicks and sales by ${data.taskAngle}`,
    ...(data.scenarioFeature ? ["a feature tells the scenario"] : []),
    ...(data.ids ? [`${data.ids.fields} id features mean the same in all of them`] : []),
  ];
  return clauses.join("; ");
}
