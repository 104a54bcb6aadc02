import { buildApplication, buildRouteMap, run, text_en } from "@stricli/core";
import { AtollError, AtollErrors } from "@atoll/core/errors";
import type { ExperimentError } from "@atoll/node/experiment";
import { augmentRoutes } from "./commands/augment/index.ts";
import { auditCommand } from "./commands/audit.ts";
import { clientRoutes } from "./commands/client/index.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { compareCommand } from "./commands/compare.ts";
import { initCommand } from "./commands/init.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { cancelCommand } from "./commands/operations/cancel.ts";
import { doctorCommand } from "./commands/operations/doctor.ts";
import { logsCommand } from "./commands/operations/logs.ts";
import { runsCommand } from "./commands/operations/runs.ts";
import { statusCommand } from "./commands/operations/status.ts";
import { submitCommand } from "./commands/operations/submit.ts";
import { predictCommand } from "./commands/predict.ts";
import { prepareCommand } from "./commands/prepare.ts";
import { privacyRoutes } from "./commands/privacy/index.ts";
import { runCommand } from "./commands/run.ts";
import { schemaCommand } from "./commands/schema.ts";
import { serverRoutes } from "./commands/server/index.ts";
import { splitCommand } from "./commands/split.ts";
import { synthCommand } from "./commands/synth.ts";
import { tuneCommand } from "./commands/tune.ts";
import { UsageError } from "./commands/usage-error.ts";
import type { AtollContext } from "./context.ts";
import { text } from "./text.ts";

/** 0 done, 1 failed, 2 wrong usage or wrong experiment, 130 interrupted. */
export const FAILED = 1;
export const WRONG_INPUT = 2;

const routes = buildRouteMap({
  routes: {
    run: runCommand,
    compare: compareCommand,
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
    predict: predictCommand,
    export: exportCommand,
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
    explain: explainCommand,
  },
  docs: { brief: text.brief },
});

/** Told by its code, as its class comes with all that reads experiments. */
function isExperimentError(error: unknown): error is ExperimentError {
  const code: ExperimentError["code"] = "EXPERIMENT_INVALID";
  return error instanceof Error && "code" in error && error.code === code;
}

/** An error as its reader needs it: their problem with its code, or ours with a stack. */
export function explain(error: unknown): string {
  if (isExperimentError(error)) return `[${error.code}]\n${error.message}`;
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
    isExperimentError(error) || error instanceof UsageError ? WRONG_INPUT : FAILED,
});

/** Runs the command line; the exit code is left in `context.process.exitCode`. */
export async function runApp(words: readonly string[], context: AtollContext): Promise<void> {
  await run(application, words, context);
  // Stricli numbers usage errors from -5 up (251 to 255 as exit codes); to callers they are all wrong usage.
  const code = Number(context.process.exitCode ?? 0);
  if (code < 0 || code > 200) context.process.exitCode = WRONG_INPUT;
}
