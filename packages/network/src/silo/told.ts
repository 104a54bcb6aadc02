import { AtollError, AtollErrors, catalogue, type ErrorCode } from "@atoll/core/errors";
import { notAllowed } from "../policy/index.ts";

/** What the server learns of a failure. */
export interface Told {
  readonly code: string;
  readonly reason: string;
  /** For the silo's own log. */
  readonly details: readonly string[];
}

/** Messages that speak of the job, of the protocol, or of nothing but themselves: they are told as they are. */
const WHOLE: ReadonlySet<string> = new Set<ErrorCode>([
  "DATA_OUTSIDE",
  "EXPERIMENT_INVALID",
  "JOB_INVALID",
  "JOB_UNKNOWN",
  "MESSAGE_UNDECLARED",
  "POLICY_REFUSED",
  "ROUNDS_EXCEEDED",
  "RUN_DIVERGED",
  "STATE_AHEAD",
]);

/** Codes that tell what kind of thing is wrong and nothing of any row; their messages may name paths or values. */
const MEANING: ReadonlySet<string> = new Set<ErrorCode>([
  "AUGMENTATION_BUDGET",
  "AUGMENTATION_INCOMPLETE",
  "AUGMENTATION_MODEL",
  "AUGMENTATION_PACKAGE",
  "AUGMENTATION_PROMPT",
  "AUGMENTATION_REMOTE",
  "AUGMENTATION_SERVER",
  "AUGMENTATION_STORE",
  "DATA_COLUMNS_DIFFER",
  "DATA_COLUMN_TYPE",
  "DATA_EMPTY_FILE",
  "DATA_FILE_MISSING",
  "DATA_FORMAT",
  "DATA_GZIP",
  "DATA_MALFORMED",
  "DATA_MISSING_COLUMN",
  "DATA_NEEDS_CACHE",
  "DATA_NEEDS_IDS",
  "DATA_NEEDS_LABEL",
  "DATA_NEEDS_MEMORY",
  "DATA_NEEDS_TIME",
  "DATA_NOT_A_NUMBER",
  "DATA_QUERY",
  "DATA_ROLE_CONFLICT",
  "DATA_SOURCE",
  "DATA_UNKNOWN_TASK",
  "DATA_ZSTD",
  "EXECUTOR_PROVIDER",
  "EXECUTOR_SESSION",
  "MESSAGE_MALFORMED",
  "METHOD_CLIENTS",
  "METHOD_FEDERATE",
  "METHOD_NEEDS_ITEM",
  "METHOD_NEEDS_MODEL",
  "METHOD_NEEDS_TEXT",
  "METHOD_NEEDS_TRUTH",
  "METHOD_NEEDS_TWO_CLIENTS",
  "METHOD_NEEDS_USER",
  "METHOD_WINDOWS",
  "METRIC_UNKNOWN",
  "MODEL_HAS_NO_START",
  "MODEL_NEEDS_FEATURE",
  "MODEL_NEEDS_TASKS",
  "MODEL_START_MISMATCH",
  "MODEL_TOO_LARGE",
  "PRIVACY_BUDGET",
  "PRIVACY_BUDGET_DIFFERS",
  "PRIVACY_LEDGER",
  "PRIVACY_PLAN",
  "PRIVACY_SECRET",
  "PRIVACY_TRAINING",
  "TRAINING_DIVERGED",
]);

/** Sentences of the silo's own: the error's would tell how many programs the policy names. */
const INSTEAD: Readonly<Partial<Record<string, string>>> = {
  PROGRAM_NOT_ALLOWED: notAllowed(["all of its programs"], ["programs"]),
} satisfies Partial<Record<ErrorCode, string>>;

const HIDDEN =
  "something is wrong that the silo keeps to itself; its own log says what, its people can tell";

/** Longest sentence that the protocol carries. */
const MOST_LETTERS = 4000;

/** What of an error may leave the silo: the code and a sentence without a value of its rows and without a path. */
export function toldOf(error: unknown): Told {
  const first = error instanceof AtollErrors ? error.errors[0] : error;
  const details = detailsOf(first) ?? [textOf(error)];
  const code = (first as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === "string" && first instanceof Error) {
    if (WHOLE.has(code)) return { code, reason: first.message.slice(0, MOST_LETTERS), details };
    const instead = INSTEAD[code];
    if (instead !== undefined) return { code, reason: instead, details };
    if (MEANING.has(code) && first instanceof AtollError) {
      const reason = `${catalogue[first.code].meaning}; the silo's own log says more`;
      return { code, reason, details };
    }
  }
  return { code: "SILO_ERROR", reason: HIDDEN, details };
}

/** What a policy has to say to the silo's own people. */
function detailsOf(error: unknown): readonly string[] | undefined {
  if (!(error instanceof AtollError) || error.code !== "POLICY_REFUSED") return undefined;
  return Array.isArray(error.cause) ? (error.cause as readonly string[]) : undefined;
}

/** All of an error, for the silo's own log. */
export function textOf(error: unknown): string {
  if (error instanceof AtollErrors) return error.message;
  if (error instanceof AtollError) return `[${error.code}] ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Disks that are full or broken, and too many open files: trying again later is worth it. */
const PASSING = new Set(["EAGAIN", "EDQUOT", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC"]);

/** Whether the same order may well succeed later, with nothing changed but the machine's state. */
export function isPassing(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { readonly code?: string; readonly message?: string };
  // From a worker thread errors of the system come as their words alone.
  return PASSING.has(code ?? "") || PASSING.has(/^([A-Z]+): /.exec(message ?? "")?.[1] ?? "");
}
