import { compared, median } from "../comparison.ts";
import type { RoundSetting } from "./setting.ts";
import type { Way } from "./torch.ts";

/** Rounds of both sides, measured in turn. */
export interface SpeedRow {
  readonly way: Way;
  readonly clipped: boolean;
  readonly threads: number;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
  /** Theirs over ours that was set out to be reached. */
  readonly goal?: number;
}

export interface SpeedResults {
  readonly machine: string;
  /** Version of PyTorch. */
  readonly torch: string;
  readonly date: string;
  readonly setting: RoundSetting;
  /** Largest difference of both sides' sums of gradients, over the largest entry. */
  readonly agreement: number;
  readonly rows: readonly SpeedRow[];
}

const WAYS: Readonly<Record<Way, string>> = {
  copies: "a loop, each client a copy of the model and its whole gradient, as simulators do",
  loop: "the same loop without copies, gradients of a client's own rows alone",
  batched: "64 clients at once, gradients of the summed loss",
  vmap: "64 clients at once, a gradient for each (torch.func.vmap)",
};

/** docs/results/fedcctr-speed.md: the table, and how to read it. */
export function format({ machine, torch, date, setting, agreement, rows }: SpeedResults): string {
  const whole = (value: number) => value.toLocaleString("en-US");
  return `# A round of ${whole(setting.clients)} user-clients

Made by \`ATOLL_BENCH_PYTHON=<a Python with PyTorch> npm run bench:fedcctr\` on ${date}: ${machine}; PyTorch ${torch}. The numbers are
those of this one machine, and of whatever else ran on it.

${whole(setting.clients)} clients with ${setting.events[0]} to ${setting.events[1]} training events over two domains of ${whole(setting.itemsPerDomain)} items. Each gives the gradient of its own
sequence: transformers of both domains and of the merged sequence (${setting.blocks} blocks, width ${setting.width}, ${setting.heads} heads, dropout ${setting.dropout}, at most
${setting.length} merged events and ${setting.domainLength} of a domain), ${setting.negatives} negatives of each domain, a sampled softmax and the term that keeps domains
apart. A round gives the sum of the gradients of all clients, those of item rows included; "clipped" scales each client's
to a norm of at most ${setting.clipNorm} before.

Ours is \`populationGradients\`, ${setting.chunk} clients in one program, those with few events in shorter ones; with more threads than one, so many shards of the clients, each on
its thread. Its time includes drawing negatives and masks. PyTorch, with so many threads within an operation (one in the loops, whose operations are too small to share), runs the same model on the same sequences and negatives, eager, everything but gradients made ready before its clock starts; its loops cut
sequences to each client's own length, the others pad all to the longest. Without dropout both sides' sums agree to ${agreement.toExponential(0)} of
the largest entry. Sides take turns; the spread is the quartiles of the ratios of neighbouring rounds.

| PyTorch | clipped | threads | ours, s | PyTorch, s | PyTorch / ours | spread | goal |
| ------- | ------- | ------: | ------: | ---------: | -------------: | -----: | ---: |
${rows.map(line).join("\n")}
`;
}

function line({ way, clipped, threads, ours, theirs, goal }: SpeedRow): string {
  const { ratio, spread } = compared(theirs, ours);
  const met = goal === undefined ? "" : `${goal}${ratio < goal ? " **not met**" : ""}`;
  return `| ${[
    WAYS[way],
    clipped ? "yes" : "no",
    String(threads),
    median(ours).toFixed(2),
    median(theirs).toFixed(2),
    ratio.toFixed(1),
    `${spread[0].toFixed(1)} to ${spread[1].toFixed(1)}`,
    met,
  ].join(" | ")} |`;
}
