import { relative, resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { exportRun } from "@atoll/node/serving";
import type { AtollContext } from "../context.ts";
import { fitNote } from "../terminal/fit-note.ts";
import { table } from "../terminal/table.ts";
import { bytes } from "../terminal/units.ts";
import type { ExportFlags } from "./export.ts";
import { isSiloRun } from "./served-source.ts";

export async function action(context: AtollContext, flags: ExportFlags, run: string) {
  const { method, seed, client, json } = flags;
  const out = resolve(context.cwd, flags.out);
  const shown = relative(context.cwd, out) || ".";
  const write = (text: string) => context.process.stdout.write(text);
  const live = context.columns !== undefined && !json;
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  try {
    const directory = resolve(context.cwd, run);
    if (isSiloRun(directory))
      throw new AtollError(
        "SERVING_METHOD",
        `${run} holds the models that a silo kept of a run, but not the metrics of the run, which a card needs; score rows there with atoll predict`,
      );
    const outcome = await exportRun(directory, {
      out,
      now: context.now,
      signal: abort.signal,
      ...(method !== undefined && { method }),
      ...(seed !== undefined && { seed }),
      ...(client && { clients: client }),
      ...(!json && {
        onFit: (items) => {
          if (live) write("\r\u001b[2K");
          fitNote(context)(items);
        },
      }),
      onClient: (name, done, total) => {
        if (live) write(`\r\u001b[2K${done} of ${total} models: ${name}`);
      },
    });
    if (live) write("\r\u001b[2K");
    if (json) {
      write(`${JSON.stringify({ ...outcome, out })}\n`);
      return;
    }
    const why = outcome.why === undefined ? "" : ` (${outcome.why})`;
    const lines = outcome.clients.map((one) => [
      one.client,
      bytes(one.bytes),
      one.difference.toExponential(1),
      `${shown}/${one.path}`,
    ]);
    write(`Models of ${outcome.method}, seed ${outcome.seed}${why}\n\n`);
    write(`${table([["client", "size", "off by", "model"], ...lines], { left: [0, 3] })}\n\n`);
    write(
      `off by: the largest difference of a probability to atoll predict, on made-up rows.\nHow to call each: card.md beside it. What lies there: ${shown}/manifest.json\n`,
    );
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    context.process.stderr.write("\nStopped. Nothing was written.\n");
    context.process.exitCode = 130;
  } finally {
    stopListening();
  }
}
