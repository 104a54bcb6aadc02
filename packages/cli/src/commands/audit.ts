import { join, resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { auditRun, type AuditEvent, type AuditResult } from "@atoll/node/audit";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { renderAudit } from "../report/index.ts";
import { liveAuditProgress, plainAuditProgress } from "../terminal/audit-progress.ts";
import { auditTable } from "../terminal/audit-table.ts";
import { howOf, progressFor } from "../terminal/progress-for.ts";
import { wholeNumber } from "./run.ts";

interface AuditFlags {
  readonly shadows: number;
  readonly canaries?: number;
  readonly seed: number;
  readonly methods?: readonly string[];
  readonly threads?: number;
  readonly json: boolean;
}

export const auditCommand = buildCommand<AuditFlags, [string], AtollContext>({
  docs: {
    brief: "Attack the models of a finished run, and hold what is found against its promises",
    fullDescription:
      "Attack the models of a finished run: which rows they were trained on, what updates give away, and whether canaries refute an epsilon. Ends with 1 where a promise does not hold.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ brief: "the folder of a finished run", parse: String, placeholder: "RUN" }],
    },
    flags: {
      shadows: {
        kind: "parsed",
        parse: wholeNumber(0),
        default: "8",
        brief: "models trained for likelihood ratios: an even number of at least 4, or 0",
        placeholder: "N",
      },
      canaries: {
        kind: "parsed",
        parse: wholeNumber(0),
        optional: true,
        brief:
          "made-up rows of each client, for every method; default: 200 where DP-SGD protects examples",
        placeholder: "N",
      },
      seed: {
        kind: "parsed",
        parse: wholeNumber(0),
        default: "1",
        brief: "of the audit's own draws",
        placeholder: "N",
      },
      methods: {
        kind: "parsed",
        parse: String,
        variadic: ",",
        optional: true,
        brief: "methods to attack, such as local,fedavg; default: all that store a model",
        placeholder: "NAME",
      },
      threads: {
        kind: "parsed",
        parse: wholeNumber(1),
        optional: true,
        brief: "threads in all; never changes a number",
        placeholder: "N",
      },
      json: { kind: "boolean", default: false, brief: "one JSON event per line, the result last" },
    },
  },
  func: async function (this: AtollContext, flags: AuditFlags, run: string): Promise<void> {
    const directory = resolve(this.cwd, run);
    const abort = new AbortController();
    const stopListening = this.onInterrupt(() => abort.abort());
    const progress = progressFor<AuditEvent>(this, howOf(flags), {
      plain: plainAuditProgress,
      live: liveAuditProgress,
    });
    let result: AuditResult;
    try {
      result = await auditRun(directory, {
        shadows: flags.shadows,
        seed: flags.seed,
        signal: abort.signal,
        now: this.now,
        onEvent: progress.show,
        ...(flags.canaries !== undefined && { canaries: flags.canaries }),
        ...(flags.methods !== undefined && { methods: flags.methods }),
        ...(flags.threads !== undefined && { threads: flags.threads }),
      });
    } catch (error) {
      if (!abort.signal.aborted) throw error;
      this.process.stderr.write("\nStopped. Nothing of the audit was kept.\n");
      this.process.exitCode = 130;
      return;
    } finally {
      progress.close();
      stopListening();
    }
    const page = join(directory, "audit.html");
    await writeAtomically(page, renderAudit(result));
    if (result.exceeded.length > 0) this.process.exitCode = 1;
    const write = (line: string) => this.process.stdout.write(line);
    if (flags.json) {
      write(`${JSON.stringify({ kind: "audit-result", directory, page, result })}\n`);
      return;
    }
    const colour = this.columns !== undefined && !("NO_COLOR" in process.env);
    write(`\n${auditTable(result, colour)}\n\nAudit    ${page}\n`);
  },
});
