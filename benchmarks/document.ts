import { tableOf, type Results } from "./rows.ts";

/** docs/results/engine.md: the table, and how to read it. */
export function format({ machine, versions, date, rows }: Results): string {
  return `# The engine against PyTorch

Made by \`ATOLL_BENCH_PYTHON=<a Python with PyTorch> npm run bench\` on ${date}: ${machine}; ${versions}. The numbers are
those of this one machine.

A row compares the time of one step, ours over theirs: below 1 we are faster. Both sides run in the same call, block by
block in turn, each block some tenths of a second long; the ratio is that of the medians, and the quartiles are those of
the ratios of neighbouring blocks. PyTorch runs eagerly, with inputs made before; of several ways to write its side
(fused or foreach Adam, SparseAdam or sparse Adagrad, experts in a loop or in one product) the fastest is the opponent.
Table ids follow a Zipf law with exponent 1.05 within each of 26 fields; our tables train with lazy Adam.

${tableOf(rows)}
`;
}
