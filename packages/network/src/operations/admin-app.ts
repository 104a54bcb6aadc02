import { createHash, timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { z } from "zod";
import { AtollError } from "@atoll/core/errors";
import { adminFailure } from "./admin-failure.ts";
import {
  type Administration,
  auditEntrySchema,
  clientSummarySchema,
  invitationRequestSchema,
  invitedSchema,
  linesPageSchema,
  list,
  pageSchema,
  runDetailSchema,
  runResultsSchema,
  runSummarySchema,
  submissionSchema,
  submittedSchema,
} from "./administration.ts";
import { type Check, runChecks } from "./check.ts";
import type { Log } from "./logs.ts";

const MAX_BODY_BYTES = 16 * 2 ** 20;
const READY_LIMIT_MS = 3000;

export interface AdminAppOptions {
  readonly administration: Administration;
  /** Whoever knows it may do everything; health and metrics need none. */
  readonly token: string;
  readonly metrics: { readonly contentType: string; readonly text: () => Promise<string> };
  /** The server is ready while all of them are well. */
  readonly readiness: readonly Check[];
  readonly log: Log;
}

/** Answers operators' requests; what listens on a port is others' work. */
export function adminApp(options: AdminAppOptions): Hono {
  const { administration, metrics, readiness, log } = options;
  const isAdmin = tokenCheck(options.token);
  const app = new Hono();

  app.get("/health/live", (c) => c.json({ isLive: true }));
  app.get("/health/ready", async (c) => {
    const outcomes = await runChecks(readiness, { limitMs: READY_LIMIT_MS });
    const isReady = outcomes.every(({ ok }) => ok);
    // What is found may name hosts and folders: strangers learn which check fails, and no more.
    const checks = isAdmin(c) ? outcomes : outcomes.map(({ name, ok }) => ({ name, ok }));
    return c.json({ isReady, checks }, isReady ? 200 : 503);
  });
  app.get("/metrics", async (c) =>
    c.body(await metrics.text(), 200, { "content-type": metrics.contentType }),
  );

  app.use(async (c, next) => {
    if (!isAdmin(c))
      throw new AtollError(
        "ADMIN_DENIED",
        "the request does not carry the server's token; it is in the file admin-token of the server's folder",
      );
    c.header("cache-control", "no-store");
    await next();
  });
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new AtollError(
          "ADMIN_REQUEST",
          `the request has more than ${MAX_BODY_BYTES / 2 ** 20} MiB; an experiment names its files and does not hold them`,
        );
      },
    }),
  );

  app.get("/runs", async (c) => reply(c, list(runSummarySchema), await administration.runs()));
  app.get("/runs/:id", async (c) => {
    const id = c.req.param("id");
    return reply(c, runDetailSchema, (await administration.run(id)) ?? unknownRun(id));
  });
  app.get("/runs/:id/results", async (c) => {
    const id = c.req.param("id");
    return reply(c, runResultsSchema, (await administration.results(id)) ?? unknownRun(id));
  });
  app.get("/runs/:id/lines", async (c) => {
    const id = c.req.param("id");
    const page = asked(pageSchema, c.req.query());
    return reply(c, linesPageSchema, (await administration.lines(id, page)) ?? unknownRun(id));
  });
  app.post("/runs", async (c) => {
    const submission = asked(submissionSchema, await bodyOf(c));
    const submitted = await administration.submit(submission);
    log.info("admin.submitted", { run: submitted.id });
    return reply(c, submittedSchema, submitted);
  });
  app.post("/runs/:id/cancel", async (c) => {
    const run = c.req.param("id");
    await administration.cancel(run);
    log.info("admin.cancelled", { run });
    return c.json({});
  });
  app.get("/clients", async (c) =>
    reply(c, list(clientSummarySchema), await administration.clients()),
  );
  app.post("/clients/:name/revoke", async (c) => {
    const client = c.req.param("name");
    await administration.revoke(client);
    log.info("admin.revoked", { client });
    return c.json({});
  });
  app.post("/invitations", async (c) => {
    const request = asked(invitationRequestSchema, await bodyOf(c));
    const invited = await administration.invite(request);
    log.info("admin.invited", { client: request.client });
    return reply(c, invitedSchema, invited);
  });
  app.get("/audit", async (c) => {
    const page = asked(pageSchema, c.req.query());
    return reply(c, list(auditEntrySchema), await administration.audit(page));
  });

  app.notFound((c) => {
    const { status, body } = adminFailure(
      new AtollError(
        "ADMIN_REQUEST",
        `the server knows no ${c.req.method} ${c.req.path}; command and server may be of different versions`,
      ),
      c.req.path,
    );
    return c.json(body, status === 400 ? 404 : status);
  });
  app.onError((error, c) => {
    const failure = adminFailure(error, c.req.path);
    if (failure.status === 500) log.error("admin.failed", { path: c.req.path, error });
    return c.json(failure.body, failure.status);
  });
  return app;
}

/** Says whether a request carries the token, in a time that does not depend on what it carries. */
function tokenCheck(token: string): (c: Context) => boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  const expected = digest(`Bearer ${token}`);
  return (c) => timingSafeEqual(expected, digest(c.req.header("authorization") ?? ""));
}

/** An answer holds what its schema names and nothing else. */
function reply<Schema extends z.ZodType>(c: Context, schema: Schema, value: z.input<Schema>) {
  const read = schema.safeParse(value);
  if (!read.success) throw new Error("the answer is not what was promised", { cause: read.error });
  return c.json(read.data as never);
}

function asked<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw new AtollError(
    "ADMIN_REQUEST",
    `the request is not what the server takes; ${read.error.issues
      .map(({ path, message }) => `${path.length > 0 ? path.join(".") : "all of it"}: ${message}`)
      .join("; ")}`,
  );
}

async function bodyOf(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (error) {
    if (error instanceof AtollError) throw error;
    throw new AtollError("ADMIN_REQUEST", "the request's body is no JSON; send an object", {
      cause: error,
    });
  }
}

function unknownRun(id: string): never {
  throw new AtollError("RUN_UNKNOWN", `there is no run "${id}"; \`atoll runs\` lists them`);
}
