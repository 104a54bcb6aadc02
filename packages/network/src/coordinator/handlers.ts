import { createHash } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import {
  printable,
  VERSIONS,
  type CallContext,
  type OperationHandlers,
} from "../protocol/index.ts";
import { closeName, forgetName, jobName } from "./desk.ts";
import type { OpenRounds } from "./open-rounds.ts";
import type { ActiveRun, CoordinatorParts } from "./types.ts";
import { createUploadQuota } from "./upload-quota.ts";

/** A certificate that the server's authority made. */
export interface Issued {
  readonly certificatePem: string;
  readonly serial: string;
  /** SPKI, base64: the key that the request was about. */
  readonly publicKey: string;
  readonly notAfterMs: number;
}

/** What letting a client in takes. */
export interface Enrolling {
  /** CLIENT_REQUEST where the request is malformed. */
  readonly issue: (request: string, client: string) => Promise<Issued>;
  readonly publicKeyOf: (request: string) => Promise<string>;
  readonly authorityPem: () => string;
  readonly newId: () => string;
}

export interface HandlerOptions extends Enrolling {
  readonly rounds: OpenRounds;
  readonly runs: ReadonlyMap<string, ActiveRun>;
  /** A client has said something that a run waits for. */
  readonly announce: () => void;
  /** A client has joined, perhaps again. */
  readonly enrolled: (client: string) => void;
  /** A client has closed a cell. */
  readonly afterClosed: (run: string, client: string) => Promise<void>;
}

const nameOf = ({ client }: CallContext): string => client!;

/** What the server does when a client asks; who asks was found out before. */
export function operationHandlers(
  { record, blobs, desk, keeper, now, onEvent }: CoordinatorParts,
  {
    rounds,
    runs,
    issue,
    publicKeyOf,
    authorityPem,
    announce,
    enrolled,
    afterClosed,
    newId,
  }: HandlerOptions,
): OperationHandlers {
  const member = (run: string, client: string) => {
    const found = runs.get(run)?.clients.get(client);
    if (found === undefined)
      throw new AtollError("RUN_UNKNOWN", `run "${run}" does not go on, or is not this client's`);
    return found;
  };
  const quota = createUploadQuota(keeper);
  /** Bytes are taken of those alone that some run waits for. */
  const mayUpload = (client: string) => {
    if (![...runs.values()].some((run) => run.clients.get(client)?.state === "accepted"))
      throw new AtollError(
        "RUN_UNKNOWN",
        "no run that goes on has this client's word; poll for orders",
      );
  };
  const mayFetch = (client: string, sha256: string) =>
    rounds.mayFetch(client, sha256) ||
    [...runs.values()].some((run) => run.clients.get(client)?.job.sha256 === sha256);

  /** The request must be about the key that signed the call: nobody gets a certificate for another's key. */
  const checkKey = async (request: string, { publicKey }: CallContext) => {
    if ((await publicKeyOf(request)) !== publicKey)
      throw new AtollError(
        "CLIENT_REQUEST",
        "the certificate is asked for another key than the one that signed the call",
      );
  };

  return {
    hello: async (params, context) => {
      await record.seen({ client: nameOf(context), software: params.software, nowMs: now() });
      const version = VERSIONS.find((known) => params.versions.includes(known))!;
      return { version, session: newId(), serverTimeMs: now() };
    },
    join: async ({ token, request }, context) => {
      await checkKey(request, context);
      const { publicKey } = context;
      const tokenHash = createHash("sha256").update(token).digest("hex");
      const nowMs = now();
      // Who is invited is known only once the token is: the first entry ends at once, the next one is issued.
      const pending = { serial: newId(), publicKey, notAfterMs: nowMs, tokenHash, nowMs };
      const { client } = await record.enrol(pending);
      const issued = await issue(request, client);
      await record.addCertificate({ client, nowMs: now(), ...certificateOf(issued) });
      enrolled(client);
      return { client, certificate: issued.certificatePem, authority: authorityPem() };
    },
    rotate: async ({ request }, context) => {
      const client = nameOf(context);
      const issued = await issue(request, client);
      await record.addCertificate({ client, nowMs: now(), ...certificateOf(issued) });
      return { certificate: issued.certificatePem };
    },
    poll: async ({ waitMs, busy }, context) => {
      const client = nameOf(context);
      const orders = await desk.wait(client, { waitMs, busy, signal: context.signal });
      return { orders: [...orders] };
    },
    fetch: async ({ sha256, offset, length }, context) => {
      const sizeBytes = mayFetch(nameOf(context), sha256) ? blobs.sizeOf(sha256) : undefined;
      if (sizeBytes === undefined)
        throw new AtollError(
          "BLOB_MISSING",
          `there is nothing under ${sha256.slice(0, 12)} for this client; poll for orders again`,
        );
      const body = blobs.read(
        sha256,
        Math.min(offset, sizeBytes),
        Math.min(offset + length, sizeBytes),
      );
      return { reply: { sizeBytes }, body };
    },
    arrival: (claim, context) => {
      mayUpload(nameOf(context));
      return blobs.arrivalOf(nameOf(context), claim);
    },
    put: async ({ offset, ...claim }, context) => {
      const client = nameOf(context);
      mayUpload(client);
      const arrival = await blobs.append(client, claim, { offset, bytes: context.body });
      if (arrival.isWhole) await quota.arrived(client, claim.sha256);
      return arrival;
    },
    accept: async ({ run, job }, context) => {
      const client = nameOf(context);
      const own = member(run, client);
      if (own.job.sha256 !== job)
        throw new AtollError("RUN_UNKNOWN", `run "${run}" has another job for this client`);
      await record.setRunClient({ run, client, state: "accepted", nowMs: now() });
      own.state = "accepted";
      desk.take(client, jobName(run));
      onEvent({ kind: "accepted", run, client });
      announce();
      return {};
    },
    refuse: async ({ run, ...said }, context) => {
      const client = nameOf(context);
      const own = member(run, client);
      const [code, reason] = [printable(said.code), printable(said.reason)];
      await record.setRunClient({ run, client, state: "refused", code, reason, nowMs: now() });
      own.state = "refused";
      desk.take(client, jobName(run));
      onEvent({ kind: "refused", run, client, code, reason });
      announce();
      return {};
    },
    answer: async ({ cell, seq, request, answer }, context) => {
      const client = nameOf(context);
      const open = rounds.find(client, cell, seq);
      if (open === undefined) return { kind: "late" };
      if (open.request.sha256 !== request)
        throw new AtollError("RUN_DIVERGED", `request ${seq} of this cell is another one`);
      const heard = await open.say({ kind: "answer", answer });
      if (heard.kind === "taken") quota.named(client, answer.sha256);
      return heard;
    },
    fail: async ({ cell, seq, code, reason }, context) => {
      const open = rounds.find(nameOf(context), cell, seq);
      await open?.say({ kind: "failed", code: printable(code), reason: printable(reason) });
      return {};
    },
    closed: async ({ cell, account }, context) => {
      const client = nameOf(context);
      if (desk.has(client, closeName(cell)))
        await record.setAccount({ cell, client, account: account ?? "null", nowMs: now() });
      desk.take(client, closeName(cell));
      await afterClosed(cell.run, client);
      return {};
    },
    forgotten: async ({ run }, context) => {
      const client = nameOf(context);
      if (desk.has(client, forgetName(run)))
        await record.setRunClient({ run, client, state: "forgotten", nowMs: now() });
      desk.take(client, forgetName(run));
      return {};
    },
  };
}

const certificateOf = ({ serial, publicKey, notAfterMs }: Issued) => ({
  serial,
  publicKey,
  notAfterMs,
});
