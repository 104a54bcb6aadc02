import { stringify } from "yaml";
import type { GuessedRoles } from "@atoll/node/sources";

export interface StarterClient {
  readonly name: string;
  /** Relative to the experiment file. */
  readonly path: string;
}

const EXAMPLE: readonly StarterClient[] = [
  { name: "de", path: "de.csv" },
  { name: "fr", path: "fr.csv" },
];

/** A YAML scalar on one line, quoted only where it must be. */
function scalar(value: string): string {
  return stringify(value).trimEnd();
}

/**
 * A starter experiment with a comment on every choice. Rows with a column of 0 and 1 become clicks to be
 * predicted; all other data become next-item ranking against sampled candidates.
 */
export function starterExperiment(
  clients: readonly StarterClient[],
  roles: GuessedRoles | undefined,
): string {
  const guessed: GuessedRoles = roles ?? {
    user: "user_id",
    item: "item_id",
    time: "timestamp",
    categorical: [],
    numeric: [],
  };
  const { user, item, time, label } = guessed;
  const explicit = label !== undefined && label.atLeast === undefined;
  const column = (role: string, name: string | undefined, comment: string) =>
    name === undefined
      ? `    # ${role}: ...                # ${comment}; none was recognised`
      : `    ${role}: ${scalar(name)}                # ${comment}`;
  const labelLine =
    label === undefined
      ? "    # label: click            # a column of 0 and 1, or { column: rating, atLeast: 4 }; absent: every row is a positive"
      : label.atLeast === undefined
        ? `    label: ${scalar(label.column)}                # 0 and 1`
        : `    label: { column: ${scalar(label.column)}, atLeast: ${label.atLeast} }   # rows from here on are positives`;
  const list = (names: readonly string[]) => `[${names.map(scalar).join(", ")}]`;
  const rows = clients.length > 0 ? clients : EXAMPLE;
  return `# What would each client gain from federating? Check the roles below, then: atoll run <this file>
# Every setting with its meaning: atoll schema
name: my-markets

data:
  kind: files
  directory: .                   # paths below count from here; here counts from this file
  feedback: ${explicit ? "explicit            # rows carry labels 0 and 1" : "implicit            # rows are positives; negatives are sampled"}
  columns:
${column("user", user, "who")}
${column("item", item, "what was offered or chosen")}
${column("time", time, "a date, a timestamp, or any number that grows with time")}
${labelLine}
    categorical: ${list(guessed.categorical)}              # further columns with few values; write { column: brand, of: item } for properties of items
    numeric: ${list(guessed.numeric)}                  # numbers
  # common: [item]               # features whose values mean the same in every client
  clients:                       # one entry per market, shop, app ...
${rows.map(({ name, path }) => `    ${scalar(name)}: { path: ${scalar(path)} }`).join("\n")}

${
  time === undefined
    ? "split: { kind: random, valid: 0.1, test: 0.1 }"
    : explicit
      ? "split: { kind: time, valid: 0.1, test: 0.1 }      # the latest rows are test; or leave-one-out, random"
      : "split: { kind: leave-one-out }  # each user's last row is test; or time, random"
}
${explicit ? "" : "\nnegatives:\n  training: { ratio: 4, exclude: train }\n  evaluation: { count: 99 }\n"}
model: { kind: deepfm, width: 16, hidden: [64, 32], batchNorm: true }

# local is what every client has today; centralised is what no federation can have.
methods: [${item === undefined ? "" : "popularity, "}local, centralised, fedavg, fedprox, fedbn, fedadam]

federation:
  rounds: 20
  shared: []                     # features of data.common whose embeddings are federated

training:
  optimiser: { kind: adam, learningRate: 0.003 }
  patience: 5

seeds: [1, 2, 3]
`;
}
