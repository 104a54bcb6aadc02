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

## What limits the missed rows

- **Products.** Nine tenths of the MLP, DeepFM, DCNv2 and MMoE steps are float32 matrix products, and both sides run them
  close to what one core can do. ONNX Runtime's reach 86 to 117 GFLOP/s a core here (least for 4096 rows, most for 256 to
  512), those of PyTorch's library 105 to 122 for all row counts. Cutting a batch in chunks of 512 rows brings ours to the
  upper end on one thread ([decision 0008](../decisions/0008-chunks.md)). A ratio of 0.9 needs products faster than that
  library's, which ONNX Runtime does not have.
- **Tables.** Ours take some 12 ms of a DeepFM step on one thread for lookups, coalescing and lazy Adam. The products are the
  same on both sides and take four fifths of ours, so the whole step cannot come below their share. On several threads
  our tables still use one.
- **Copies.** ONNX Runtime's Node binding writes outputs where we want them and then makes a copy of each that nobody reads:
  3 percent of an MLP step, 5 of the others, up to a quarter of the step of 1,000 clients (8.4 MB of gradients).
- **Attention.** PyTorch fuses it into one kernel; ours is two products and a softmax, with the layer norms moved into the
  maps behind them. Weight gradients of 64 x 64 over 6400 rows take 0.85 ms each, twelve of them, against 0.53.
- **Inference.** At batch 1024 it is three products; at batch 1, reading 1.9 MB of weights from the cache takes half of
  the 0.13 ms.

Tried and dropped: [fusions](../decisions/0010-fusions.md), [threads and overlap](../decisions/0009-threads-and-overlap.md),
[kernels](../decisions/0007-arenas-and-kernels.md). Next: a binding that does not copy outputs, table kernels on several
threads, and scoring programs with their weights as constants, which ONNX Runtime packs once.
`;
}
