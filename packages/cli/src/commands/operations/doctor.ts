import { resolve } from "node:path";
import { buildCommand } from "@stricli/core";
import { doctorOf } from "@atoll/network/hosting";
import { runChecks } from "@atoll/network/operations";
import type { AtollContext } from "../../context.ts";
import { behindProxy, dataFlag, json, recordOfStopped } from "../deployment-flags.ts";
import { deploymentText } from "../deployment-text.ts";

interface DoctorFlags {
  readonly data?: string;
  readonly behindProxy: boolean;
  readonly record?: string;
  readonly json: boolean;
}

const LIMIT_MS = 15_000;

export const doctorCommand = buildCommand<DoctorFlags, [string], AtollContext>({
  docs: {
    brief: "Look for what is wrong with a server or a client: disk, keys, clock, connection, data",
    fullDescription:
      "Look for what is wrong with a server or a client: disk, keys, clock, connection, data. What the folder is, its files say. Ends with 1 where a check fails.",
  },
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [
        { brief: "the folder of a server or of a client", parse: String, placeholder: "DIR" },
      ],
    },
    flags: {
      data: { ...dataFlag, optional: true, brief: "the folder with a client's files" },
      behindProxy,
      record: recordOfStopped,
      json,
    },
  },
  func: async function (this: AtollContext, flags: DoctorFlags, directory: string) {
    const stop = new AbortController();
    const stopListening = this.onInterrupt(() => stop.abort());
    try {
      const { role, checks } = await doctorOf(resolve(this.cwd, directory), {
        now: () => this.now().getTime(),
        nodeVersion: process.version,
        dataDirectory: flags.data && resolve(this.cwd, flags.data),
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
      this.process.stdout.write(
        flags.json
          ? `${JSON.stringify({ role, checks: outcomes })}\n`
          : `${[...lines, "", end].join("\n")}\n`,
      );
      if (ill > 0) this.process.exitCode = 1;
    } finally {
      // A greeting that nobody answers is given up.
      stop.abort();
      stopListening();
    }
  },
});
