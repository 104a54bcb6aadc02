import { buildApplication, buildRouteMap, run, text_en } from "@stricli/core";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import { ExperimentError } from "@atoll/node/experiment";
import { augmentRoutes } from "./commands/augment/index.ts";
import { auditCommand } from "./commands/audit.ts";
import { clientRoutes } from "./commands/client/index.ts";
import { initCommand } from "./commands/init.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { cancelCommand } from "./commands/operations/cancel.ts";
import { doctorCommand } from "./commands/operations/doctor.ts";
import { logsCommand } from "./commands/operations/logs.ts";
import { runsCommand } from "./commands/operations/runs.ts";
import { statusCommand } from "./commands/operations/status.ts";
import { submitCommand } from "./commands/operations/submit.ts";
import { prepareCommand } from "./commands/prepare.ts";
import { privacyRoutes } from "./commands/privacy/index.ts";
import { runCommand, UsageError } from "./commands/run.ts";
import { schemaCommand } from "./commands/schema.ts";
import { serverRoutes } from "./commands/server/index.ts";
import { splitCommand } from "./commands/split.ts";
import { synthCommand } from "./commands/synth.ts";
import { tuneCommand } from "./commands/tune.ts";
import type { AtollContext } from "./context.ts";
import { text } from "./text.ts";

/** 0 done, 1 failed, 2 wrong usage or wrong experiment, 130 interrupted. */
export const FAILED = 1;
export const WRONG_INPUT = 2;

const routes = buildRouteMap({
  routes: {
    run: runCommand,
    tune: tuneCommand,
    init: initCommand,
    data: buildRouteMap({
      routes: {
        inspect: inspectCommand,
        prepare: prepareCommand,
        split: splitCommand,
        synth: synthCommand,
      },
      docs: { brief: "Look at data files, prepare and split them, make synthetic ones" },
    }),
    privacy: privacyRoutes,
    audit: auditCommand,
    augment: augmentRoutes,
    schema: schemaCommand,
    server: serverRoutes,
    client: clientRoutes,
    submit: submitCommand,
    status: statusCommand,
    runs: runsCommand,
    logs: logsCommand,
    cancel: cancelCommand,
    doctor: doctorCommand,
  },
  docs: { brief: text.brief },
});

/** An error as its reader needs it: their problem with its code, or ours with a stack. */
export function explain(error: unknown): string {
  if (error instanceof ExperimentError) return `[${error.code}]\n${error.message}`;
  if (error instanceof AtollError) return `[${error.code}] ${error.message}`;
  if (error instanceof AtollErrors || error instanceof UsageError) return error.message;
  return `${text.unexpected}\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

const application = buildApplication(routes, {
  name: "atoll",
  scanner: { caseStyle: "allow-kebab-for-camel" },
  documentation: { disableAnsiColor: true },
  localization: { text: { ...text_en, exceptionWhileRunningCommand: (error) => explain(error) } },
  determineExitCode: (error) =>
    error instanceof ExperimentError || error instanceof UsageError ? WRONG_INPUT : FAILED,
});

/** Runs the command line; the exit code is left in `context.process.exitCode`. */
export async function runApp(words: readonly string[], context: AtollContext): Promise<void> {
  await run(application, words, context);
  // Stricli numbers usage errors from -5 up (251 to 255 as exit codes); to callers they are all wrong usage.
  const code = Number(context.process.exitCode ?? 0);
  if (code < 0 || code > 200) context.process.exitCode = WRONG_INPUT;
}
