import { mean } from "@atoll/core/stats";
import type { Result } from "@atoll/node/results";
import { signed, table } from "../../markdown.ts";

type Coordination = NonNullable<Result["methods"][string]["coordination"]>;
type Rounds = NonNullable<Coordination["cosines"]>[string];

/** Parts of the model in the table's order. */
const PARTS: readonly (readonly [title: string, pattern: RegExp])[] = [
  ["experts, scenario factors", /^expert:\d+(\/scenario)?$/],
  ["experts, global factors", /^expert:\d+\/global$/],
  ["towers of the first task", /^tower:0\//],
  ["towers of the second task", /^tower:1\//],
];

const FIRST = 3;

/**
 * Mean cosine over pairs of scenarios, parts of a kind and rounds, at the start and at the end of training.
 * The end is the last rounds that every seed reached.
 */
export function cosineTable(runs: readonly (readonly [title: string, Result, method: string])[]) {
  const rows = runs.flatMap(([title, result, method]) => {
    const cosines = result.methods[method]?.coordination?.cosines;
    if (cosines === undefined) return [];
    return PARTS.flatMap(([part, pattern]) => {
      const own = Object.entries(cosines).flatMap(([name, rounds]) =>
        pattern.test(name) ? [rounds] : [],
      );
      return own.length === 0 ? [] : [[title, method, part, ...described(own)]];
    });
  });
  return table(
    [
      "scenarios by",
      "method",
      "part",
      `first ${FIRST} rounds`,
      "lowest pair",
      `last ${FIRST} rounds`,
      "lowest pair",
    ],
    rows,
  );
}

function described(parts: readonly Rounds[]): string[] {
  const reached = parts.map((rounds) => {
    const most = Math.max(...rounds.map(({ seeds }) => seeds));
    return rounds.filter(({ seeds }) => seeds === most);
  });
  return [
    reached.map((rounds) => rounds.slice(0, FIRST)),
    reached.map((rounds) => rounds.slice(-FIRST)),
  ].flatMap((chosen) => {
    const pairs = pairMeans(chosen.flat());
    return pairs.length === 0
      ? ["-", "-"]
      : [signed(mean(pairs), 2), signed(Math.min(...pairs), 2)];
  });
}

/** Each pair's mean over rounds and parts. */
function pairMeans(rounds: Rounds): number[] {
  const size = rounds[0]?.rows.length ?? 0;
  const means: number[] = [];
  for (let k = 0; k < size; k++)
    for (let j = k + 1; j < size; j++) {
      const values = rounds.flatMap(({ rows }) => rows[k]![j] ?? []);
      if (values.length > 0) means.push(mean(values));
    }
  return means;
}

/** How far clients came to trust the common direction: mean share at first and at last. */
export function mixingTable(runs: readonly (readonly [title: string, Result, method: string])[]) {
  const rows = runs.flatMap(([title, result, method]) => {
    const mixing = Object.values(result.methods[method]?.coordination?.mixing ?? {});
    if (mixing.length === 0) return [];
    const shares = (at: 0 | -1) =>
      mixing.flatMap((rounds) => {
        const most = Math.max(...rounds.map(({ seeds }) => seeds));
        const reached = rounds.filter(({ seeds }) => seeds === most);
        return (reached.at(at)?.values ?? []).filter((value) => value !== null);
      });
    const ends = ([0, -1] as const).map(shares);
    return [
      [
        title,
        method,
        ...ends.map((values) => mean(values).toFixed(2)),
        `${Math.min(...ends[1]!).toFixed(2)} to ${Math.max(...ends[1]!).toFixed(2)}`,
      ],
    ];
  });
  return rows.length === 0
    ? ""
    : table(["scenarios by", "method", "first round", "last round", "least to most, last"], rows);
}
