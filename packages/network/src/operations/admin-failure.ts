import { z } from "zod";
import { AtollError, AtollErrors, catalogue, type ErrorCode } from "@atoll/core/errors";

export type FailureStatus = 400 | 401 | 404 | 409 | 422 | 500 | 503 | 507;

const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  /** Every problem by itself, where there are many. */
  errors: z.array(z.object({ code: z.string(), message: z.string() })).optional(),
});
export type AdminFailure = Readonly<z.infer<typeof failureSchema>>;

/** Codes that are told by another status than 422: the request is in order, but not possible. */
const STATUSES: Readonly<Record<string, FailureStatus>> = {
  ADMIN_DENIED: 401,
  ADMIN_REQUEST: 400,
  DISK_FULL: 507,
  RUN_ENDED: 409,
  RUN_UNKNOWN: 404,
  SERVER_BUSY: 503,
};

/** What an operator is told of an error. Of those that nobody expected it says nothing: they are in the log. */
export function adminFailure(
  error: unknown,
  path: string,
): { readonly status: FailureStatus; readonly body: AdminFailure } {
  if (error instanceof AtollError) {
    const { code, message } = error;
    const isThing = code === "CLIENT_UNKNOWN" && path.startsWith("/clients/");
    return { status: isThing ? 404 : (STATUSES[code] ?? 422), body: { code, message } };
  }
  if (error instanceof AtollErrors) {
    const errors = error.errors.map(({ code, message }) => ({ code, message }));
    return { status: 422, body: { code: errors[0]!.code, message: error.message, errors } };
  }
  if (error instanceof z.ZodError)
    return {
      status: 422,
      body: { code: "ADMIN_REQUEST", message: z.prettifyError(error) },
    };
  return {
    status: 500,
    body: {
      code: "SERVER_ERROR",
      message: "the server failed; its log says why, look for admin.failed",
    },
  };
}

/** The error that a server told; undefined where this is no such telling. */
export function toldError(body: unknown): AtollError | AtollErrors | undefined {
  const read = failureSchema.safeParse(body);
  if (!read.success) return undefined;
  const { errors } = read.data;
  return errors === undefined || errors.length === 0
    ? errorOf(read.data)
    : new AtollErrors(errors.map(errorOf));
}

function errorOf({ code, message }: Pick<AdminFailure, "code" | "message">): AtollError {
  return Object.hasOwn(catalogue, code)
    ? new AtollError(code as ErrorCode, message)
    : new AtollError("SERVER_REFUSED", `[${code}] ${message}`);
}
