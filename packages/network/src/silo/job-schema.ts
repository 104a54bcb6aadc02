import { z } from "zod";
import { AtollError } from "@atoll/core/errors";
import type { Job } from "../protocol/index.ts";

/** No experiment is longer; a server that claims more gets no memory for it. */
export const MAX_JOB_BYTES = 2 ** 24;

const name = z.string().min(1).max(200);

const jobSchema = z.strictObject({
  protocol: z.literal(1),
  run: name,
  name: z.string().max(1000),
  experiment: z.record(z.string(), z.unknown()),
  parties: z.record(name, name),
  methods: z.array(name).min(1).max(1000),
});

/** A job as it came; JOB_INVALID says what this software does not understand of it. */
export function parseJob(bytes: Uint8Array, run: string): Job {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw invalid(run, "is no JSON");
  }
  const parsed = jobSchema.safeParse(value);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw invalid(run, `is not as this version knows jobs: ${path.join(".")}: ${message}`);
  }
  if (parsed.data.run !== run) throw invalid(run, "is that of another run");
  return parsed.data;
}

/** For what a server may be told whole: only words of the job itself. */
export function invalid(run: string, problem: string): AtollError {
  return new AtollError(
    "JOB_INVALID",
    `the job of run "${run}" ${problem}; run the same version of the software on both sides`,
  );
}
