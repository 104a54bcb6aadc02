import { resolve } from "node:path";
import { doctorOf } from "@atoll/network/hosting";
import { runChecks } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { deploymentText } from "../deployment-text.ts";
import type { DoctorFlags } from "./doctor.ts";

const LIMIT_MS = 15_000;

export async function action(context: AtollContext, flags: DoctorFlags, directory: string) {
  const stop = new AbortController();
  const stopListening = context.onInterrupt(() => stop.abort());
  try {
    const { role, checks } = await doctorOf(resolve(context.cwd, directory), {
      now: () => context.now().getTime(),
      nodeVersion: process.version,
      dataDirectory: flags.data && resolve(context.cwd, flags.data),
      recordUrl: flags.record,
      trustSystem: flags.behindProxy,
      signal: stop.signal,
    });
    const outcomes = await runChecks(checks, { limitMs: LIMIT_MS });
    const ill = outcomes.filter(({ ok }) => !ok).length;
    const width = Math.max(...outcomes.map(({ name }) => name.length));
    const lines = outcomes.flatMap(({ name, ok, finding, advice }) => [
      `${ok ? "ok  " : "FAIL"}  ${name.padEnd(width)}  ${finding}`,
      ...(ok || advice === undefined ? [] : [`${" ".repeat(width + 8)}-> ${advice}`]),
    ]);
    const end = ill === 0 ? deploymentText.doctorWell : deploymentText.doctorIll(ill);
    context.process.stdout.write(
      flags.json
        ? `${JSON.stringify({ role, checks: outcomes })}\n`
        : `${[...lines, "", end].join("\n")}\n`,
    );
    if (ill > 0) context.process.exitCode = 1;
  } finally {
    // A greeting that nobody answers is given up.
    stop.abort();
    stopListening();
  }
}
