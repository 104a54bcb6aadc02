/** A part of a model as a page names it. */
export interface PartTitle {
  /** What it is one of: `Experts, scenario factors`. */
  readonly group: string;
  /** Which one, in small letters: `expert 1`. */
  readonly label: string;
}

/** Groups in the order in which pages show them; others follow. */
const ORDER = [
  "Scenario factors of experts",
  "Global factors of experts",
  "Task factors of experts",
  "Experts",
  "Gates",
  "Towers",
  "Dense parameters",
  "All parts",
  "Statistics of normalisation",
  "Embedding rows",
  "Counts of rows",
  "Control variates",
];

/**
 * The title of a part, or of an array that carries it, by its name on the wire: `expert:0/scenario`, `tower:1/0`,
 * `gate:0`, `parameters`, `state`, `table:deep/hash_0`, `uses:hash_0`, `control:expert:0`. Tasks by name where
 * they are known.
 */
export function partTitle(name: string, tasks: readonly string[] = []): PartTitle {
  const [kind, rest = ""] = split(name, ":");
  const [first, second] = split(rest, "/");
  const task = tasks[Number(first)] ?? `task ${Number(first) + 1}`;
  switch (kind) {
    case "expert":
      return { group: expertGroup(second), label: `expert ${Number(first) + 1}${ofTask(second)}` };
    case "gate":
      return { group: "Gates", label: task };
    case "tower":
      return { group: "Towers", label: `${task}, layer ${Number(second) + 1}` };
    case "parameters":
      return { group: "Dense parameters", label: "dense parameters" };
    case "memories":
      return { group: "All parts", label: "all parts, smoothed over rounds" };
    case "state":
      return { group: "Statistics of normalisation", label: "running means and variances" };
    case "table":
      return { group: "Embedding rows", label: rest };
    case "uses":
      return { group: "Counts of rows", label: rest };
    case "control":
      return { group: "Control variates", label: partTitle(rest, tasks).label };
    default:
      return { group: kind, label: rest === "" ? kind : rest };
  }

  function ofTask(factor: string | undefined): string {
    const number = /^task(\d+)$/.exec(factor ?? "")?.[1];
    return number === undefined ? "" : `, ${tasks[Number(number)] ?? `task ${Number(number) + 1}`}`;
  }
}

function expertGroup(factor: string | undefined): string {
  if (factor === undefined) return "Experts";
  if (factor.startsWith("task")) return "Task factors of experts";
  return `${factor[0]!.toUpperCase()}${factor.slice(1)} factors of experts`;
}

/** Names by group, groups in the page's order, `expert:10` after `expert:2`. */
export function byGroup(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }))) {
    const { group } = partTitle(name);
    groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  const place = (group: string) => (ORDER.includes(group) ? ORDER.indexOf(group) : ORDER.length);
  return new Map([...groups].sort(([a], [b]) => place(a) - place(b)));
}

/** Before the first and after it; the second is absent without the mark. */
function split(text: string, mark: string): [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
