import { z } from "zod";
import { AtollError } from "@atoll/core/errors";
import { readAdminAccess } from "./admin-files.ts";
import { toldError } from "./admin-failure.ts";
import {
  type Administration,
  type AdminSubmission,
  auditEntrySchema,
  clientSummarySchema,
  invitedSchema,
  linesPageSchema,
  list,
  type Page,
  runDetailSchema,
  runResultsSchema,
  runSummarySchema,
  submittedSchema,
} from "./administration.ts";

/** A running server as an operator's command sees it; what it refuses is thrown with the server's code. */
export interface AdminClient extends Omit<
  Administration,
  "run" | "results" | "lines" | "submit" | "audit"
> {
  /** RUN_UNKNOWN, as for `results` and `lines`. */
  readonly run: (id: string) => Promise<z.infer<typeof runDetailSchema>>;
  readonly results: (id: string) => Promise<z.infer<typeof runResultsSchema>>;
  readonly lines: (run: string, page?: Partial<Page>) => Promise<z.infer<typeof linesPageSchema>>;
  readonly submit: (submission: AdminSubmission) => Promise<z.infer<typeof submittedSchema>>;
  readonly audit: (page?: Partial<Page>) => ReturnType<Administration["audit"]>;
  /** Whether all is well with the server, and what is not. */
  readonly ready: () => Promise<Readonly<z.infer<typeof readySchema>>>;
}

export interface AdminClientOptions {
  /** As `http://127.0.0.1:7444`. */
  readonly address: string;
  readonly token: string;
  readonly fetch?: typeof globalThis.fetch;
  /** Default: 60000. */
  readonly limitMs?: number;
}

const readySchema = z.object({
  isReady: z.boolean(),
  checks: z.array(
    z.object({
      name: z.string(),
      ok: z.boolean(),
      finding: z.string().optional(),
      advice: z.string().optional(),
    }),
  ),
});
const nothing = z.object({});

export function createAdminClient(options: AdminClientOptions): AdminClient {
  const { address, token, limitMs = 60_000, fetch = globalThis.fetch } = options;

  const ask = async (method: "GET" | "POST", path: string, body?: unknown) => {
    let response: Response;
    let text: string;
    try {
      response = await fetch(new URL(path, address), {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          // One that was kept open may be gone by the next call, and a POST is not made twice.
          connection: "close",
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: "error",
        signal: AbortSignal.timeout(limitMs),
      });
      text = await response.text();
    } catch (error) {
      throw new AtollError("SERVER_DOWN", silence(address, { error, limitMs }), { cause: error });
    }
    return { status: response.status, isOk: response.ok, json: parsed(text) };
  };
  const call = async <Schema extends z.ZodType>(
    schema: Schema,
    asked: { readonly path: string; readonly body?: unknown; readonly method?: "GET" | "POST" },
  ): Promise<z.output<Schema>> => {
    const { status, isOk, json } = await ask(asked.method ?? "GET", asked.path, asked.body);
    if (!isOk) throw toldError(json) ?? stranger(address, status);
    const read = schema.safeParse(json);
    if (!read.success) throw stranger(address, status);
    return read.data;
  };
  const named = encodeURIComponent;

  return {
    runs: () => call(list(runSummarySchema), { path: "/runs" }),
    run: (id) => call(runDetailSchema, { path: `/runs/${named(id)}` }),
    results: (id) => call(runResultsSchema, { path: `/runs/${named(id)}/results` }),
    lines: (run, page) =>
      call(linesPageSchema, { path: `/runs/${named(run)}/lines${queryOf(page)}` }),
    submit: (body) => call(submittedSchema, { method: "POST", path: "/runs", body }),
    cancel: async (run) => {
      await call(nothing, { method: "POST", path: `/runs/${named(run)}/cancel` });
    },
    clients: () => call(list(clientSummarySchema), { path: "/clients" }),
    revoke: async (client) => {
      await call(nothing, { method: "POST", path: `/clients/${named(client)}/revoke` });
    },
    invite: (body) => call(invitedSchema, { method: "POST", path: "/invitations", body }),
    audit: (page) => call(list(auditEntrySchema), { path: `/audit${queryOf(page)}` }),
    ready: async () => {
      const { status, json } = await ask("GET", "/health/ready");
      const read = readySchema.safeParse(json);
      if (!read.success) throw stranger(address, status);
      return read.data;
    },
  };
}

/** The client of the server that runs in a folder of this machine: SERVER_DOWN, ADMIN_DENIED. */
export function adminClientOf(
  directory: string,
  options: Pick<AdminClientOptions, "fetch" | "limitMs"> & { readonly address?: string } = {},
): AdminClient {
  return createAdminClient({ ...options, ...readAdminAccess(directory, options.address) });
}

function queryOf(page: Partial<Page> = {}): string {
  const entries = Object.entries(page).map(([key, value]) => [key, String(value)]);
  return entries.length === 0 ? "" : `?${new URLSearchParams(Object.fromEntries(entries))}`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function silence(
  address: string,
  { error, limitMs }: { readonly error: unknown; readonly limitMs: number },
): string {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  if (isLate)
    return `the server at ${address} did not answer within ${limitMs / 1000} s; look at its log, and whether its machine is busy`;
  const cause = (error as { readonly cause?: { readonly code?: unknown } }).cause?.code;
  const why = typeof cause === "string" ? ` (${cause})` : "";
  return `nobody answers at ${address}${why}; is \`atoll server run\` running, with this --admin-port?`;
}

function stranger(address: string, status: number): AtollError {
  return new AtollError(
    "SERVER_DOWN",
    `what answers at ${address} is no server of Atoll, or one of another version (status ${status}); is another program using this port?`,
  );
}
