import { relative, resolve } from "node:path";
import { predictRows } from "@atoll/node/serving";
import type { AtollContext } from "../context.ts";
import { fitNote } from "../terminal/fit-note.ts";
import { progressFor } from "../terminal/progress-for.ts";
import { liveRows, plainRows, type RowsEvent } from "../terminal/rows-progress.ts";
import { seenNotes } from "../terminal/seen-notes.ts";
import type { PredictFlags } from "./predict.ts";
import { servedSource } from "./served-source.ts";

export async function action(context: AtollContext, flags: PredictFlags, run: string) {
  const { client, method, seed, keep, top, threads, format, delimiter, json } = flags;
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = progressFor<RowsEvent>(context, json ? "quiet" : "shown", {
    plain: plainRows,
    live: liveRows,
  });
  const out = resolve(context.cwd, flags.out);
  try {
    const directory = resolve(context.cwd, run);
    const outcome = await predictRows(directory, {
      ...(await servedSource(directory)),
      client,
      rows: {
        path: resolve(context.cwd, flags.rows),
        header: true,
        ...(format && { format }),
        ...(delimiter && { delimiter }),
      },
      out,
      signal: abort.signal,
      ...(!json && { onFit: fitNote(context) }),
      onRows: (rows) => progress.show({ kind: "rows", rows }),
      ...(method !== undefined && { method }),
      ...(seed !== undefined && { seed }),
      ...(keep && { keep }),
      ...(top !== undefined && { top }),
      ...(threads !== undefined && { threads }),
    });
    progress.close();
    const write = (text: string) => context.process.stdout.write(text);
    if (json) {
      write(`${JSON.stringify({ ...outcome, out })}\n`);
      return;
    }
    const number = (value: number) => value.toLocaleString("en-US");
    const why = outcome.why === undefined ? "" : ` (${outcome.why})`;
    write(`Model    ${outcome.method} of ${outcome.client}, seed ${outcome.seed}${why}\n`);
    for (const note of [...(outcome.notes ?? []), ...seenNotes(outcome.seen)])
      write(`Note     ${note}\n`);
    write(
      `Scores   ${relative(context.cwd, out) || out}: ${number(outcome.written)} rows, columns ${outcome.columns.join(", ")}\n`,
    );
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    context.process.stderr.write("\nStopped. No scores were written.\n");
    context.process.exitCode = 130;
  } finally {
    progress.close();
    stopListening();
  }
}
