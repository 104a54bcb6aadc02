import { join, resolve } from "node:path";
import { auditRun, type AuditEvent, type AuditResult } from "@atoll/node/audit";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../context.ts";
import { renderAudit } from "../report/index.ts";
import { liveAuditProgress, plainAuditProgress } from "../terminal/audit-progress.ts";
import { auditTable } from "../terminal/audit-table.ts";
import { howOf, progressFor } from "../terminal/progress-for.ts";
import type { AuditFlags } from "./audit.ts";

export async function action(context: AtollContext, flags: AuditFlags, run: string): Promise<void> {
  const directory = resolve(context.cwd, run);
  const abort = new AbortController();
  const stopListening = context.onInterrupt(() => abort.abort());
  const progress = progressFor<AuditEvent>(context, howOf(flags), {
    plain: plainAuditProgress,
    live: liveAuditProgress,
  });
  let result: AuditResult;
  try {
    result = await auditRun(directory, {
      shadows: flags.shadows,
      seed: flags.seed,
      signal: abort.signal,
      now: context.now,
      onEvent: progress.show,
      ...(flags.canaries !== undefined && { canaries: flags.canaries }),
      ...(flags.methods !== undefined && { methods: flags.methods }),
      ...(flags.threads !== undefined && { threads: flags.threads }),
      ...(context.openPool && { openPool: context.openPool }),
    });
  } catch (error) {
    if (!abort.signal.aborted) throw error;
    context.process.stderr.write("\nStopped. Nothing of the audit was kept.\n");
    context.process.exitCode = 130;
    return;
  } finally {
    progress.close();
    stopListening();
  }
  const page = join(directory, "audit.html");
  await writeAtomically(page, renderAudit(result));
  if (result.exceeded.length > 0) context.process.exitCode = 1;
  const write = (line: string) => context.process.stdout.write(line);
  if (flags.json) {
    write(`${JSON.stringify({ kind: "audit-result", directory, page, result })}\n`);
    return;
  }
  const colour = context.columns !== undefined && !("NO_COLOR" in process.env);
  write(`\n${auditTable(result, colour)}\n\nAudit    ${page}\n`);
}
