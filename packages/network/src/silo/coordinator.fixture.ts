import { createHash } from "node:crypto";
import { AtollError } from "@atoll/core/errors";
import { canonicalJson, type ExchangeRound } from "@atoll/core/federation";
import type {
  Answered,
  CellKey,
  Claim,
  Job,
  OperationName,
  Order,
  ParamsOf,
  ReplyOf,
  ServerCalls,
} from "../protocol/index.ts";

/** What silos said, in their order. */
export interface Said {
  readonly client: string;
  readonly op: OperationName;
  readonly params: Readonly<Record<string, unknown>>;
}

/** A server in memory: orders go on a client's desk and stay there until the client has done with them. */
export interface FakeServer {
  readonly callsOf: (client: string) => ServerCalls;
  readonly put: (bytes: Uint8Array) => Claim;
  readonly putJob: (job: Job) => Claim;
  readonly order: (client: string, order: Order) => void;
  /** Takes an order off the desk. */
  readonly take: (client: string, isMeant: (order: Order) => boolean) => void;
  readonly said: readonly Said[];
  /** The next thing that a client says that is meant; what was said before `from` does not count. */
  readonly heard: (isMeant: (said: Said) => boolean, from?: number) => Promise<Said>;
  readonly bytesOf: (sha256: string) => Uint8Array;
  /** Sends the requests of a cell's rounds to its clients, and hands their answers over. */
  readonly exchangeOf: (cell: CellKey, clientOf?: (party: string) => string) => ExchangeRound;
  /** Every answer that was taken, by client, in its order. */
  readonly answers: ReadonlyMap<string, readonly Uint8Array[]>;
}

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export function fakeServer(): FakeServer {
  const blobs = new Map<string, Uint8Array>();
  const arriving = new Map<string, Uint8Array>();
  const desks = new Map<string, Order[]>();
  const said: Said[] = [];
  const answers = new Map<string, Uint8Array[]>();
  let wake = () => {};
  let changed = new Promise<void>((resolve) => (wake = resolve));
  const change = () => {
    const call = wake;
    changed = new Promise<void>((resolve) => (wake = resolve));
    call();
  };
  const deskOf = (client: string) => {
    const desk = desks.get(client) ?? [];
    desks.set(client, desk);
    return desk;
  };
  const put = (bytes: Uint8Array): Claim => {
    const sha256 = sha256Of(bytes);
    blobs.set(sha256, bytes);
    return { sha256, sizeBytes: bytes.length };
  };
  const arrivalOf = ({ sha256, sizeBytes }: Claim) => {
    const isWhole = blobs.has(sha256);
    const receivedBytes = isWhole ? sizeBytes : (arriving.get(sha256)?.length ?? 0);
    return { sha256, sizeBytes, receivedBytes, isWhole };
  };
  const take = (client: string, isMeant: (order: Order) => boolean) => {
    desks.set(
      client,
      deskOf(client).filter((order) => !isMeant(order)),
    );
  };
  const isCell = (one: CellKey, other: CellKey) => canonicalJson(one) === canonicalJson(other);

  const poll = async (client: string, params: ParamsOf<"poll">, signal: AbortSignal) => {
    const isBusy = (order: Order) =>
      order.kind === "request" &&
      params.busy.some(({ cell, seq }) => seq === order.seq && isCell(cell, order.cell));
    const open = () => deskOf(client).filter((order) => !isBusy(order));
    const until = performance.now() + params.waitMs;
    while (open().length === 0 && performance.now() < until) {
      signal.throwIfAborted();
      await Promise.race([
        changed,
        new Promise((resolve) => setTimeout(resolve, Math.max(0, until - performance.now()))),
        new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true })),
      ]);
    }
    signal.throwIfAborted();
    return { orders: open() };
  };

  const handle = async (
    client: string,
    op: OperationName,
    params: never,
    { body, signal }: { body: Uint8Array; signal: AbortSignal },
  ): Promise<{ reply: unknown; body?: Uint8Array }> => {
    const given = params as Readonly<Record<string, unknown>>;
    switch (op) {
      case "poll":
        return { reply: await poll(client, params, signal) };
      case "fetch": {
        const { sha256, offset, length } = params as ParamsOf<"fetch">;
        const bytes = blobs.get(sha256);
        if (bytes === undefined) throw new AtollError("BLOB_MISSING", "no such blob");
        return { reply: { sizeBytes: bytes.length }, body: bytes.slice(offset, offset + length) };
      }
      case "arrival":
        return { reply: arrivalOf(params) };
      case "put": {
        const claim = params as ParamsOf<"put">;
        const before = arriving.get(claim.sha256) ?? new Uint8Array();
        const joined = new Uint8Array(Math.max(before.length, claim.offset + body.length));
        joined.set(before);
        joined.set(body, claim.offset);
        arriving.set(claim.sha256, joined);
        if (joined.length === claim.sizeBytes && sha256Of(joined) === claim.sha256) put(joined);
        return { reply: arrivalOf(claim) };
      }
      case "accept":
      case "refuse":
        take(client, (order) => order.kind === "job" && order.run === given["run"]);
        break;
      case "closed":
        take(
          client,
          (order) => order.kind === "close" && isCell(order.cell, given["cell"] as CellKey),
        );
        break;
      case "forgotten":
        take(client, (order) => order.kind === "forget" && order.run === given["run"]);
        break;
      case "answer":
      case "fail": {
        const { cell, seq } = params as ParamsOf<"fail">;
        take(
          client,
          (order) => order.kind === "request" && order.seq === seq && isCell(order.cell, cell),
        );
        break;
      }
      case "hello":
      case "join":
      case "rotate":
        throw new Error(`a silo has no reason to call ${op}`);
    }
    said.push({ client, op, params: given });
    change();
    return { reply: op === "answer" ? { kind: "taken" } : {} };
  };

  const heard = async (isMeant: (one: Said) => boolean, from = 0): Promise<Said> => {
    const until = performance.now() + 30_000;
    while (performance.now() < until) {
      const found = said.slice(from).find(isMeant);
      if (found !== undefined) return found;
      await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1000))]);
    }
    throw new Error(`nothing of the kind was said: ${JSON.stringify(said.slice(from), null, 1)}`);
  };

  return {
    put,
    putJob: (job) => put(new TextEncoder().encode(canonicalJson(job))),
    order: (client, order) => {
      deskOf(client).push(order);
      change();
    },
    take,
    said,
    heard,
    bytesOf: (sha256) => blobs.get(sha256)!,
    answers,
    callsOf: (client) => ({
      call: async <Name extends OperationName>(
        op: Name,
        params: ParamsOf<Name>,
        options: { readonly body?: Uint8Array; readonly signal?: AbortSignal } = {},
      ): Promise<Answered<Name>> => {
        const { body = new Uint8Array(), signal = new AbortController().signal } = options;
        signal.throwIfAborted();
        const answered = await handle(client, op, params as never, { body, signal });
        return {
          reply: answered.reply as ReplyOf<Name>,
          body: answered.body ?? new Uint8Array(),
        };
      },
    }),
    exchangeOf: (cell, clientOf = (party) => party) => {
      const seqs = new Map<string, number>();
      return async ({ requests, take: hand }) => {
        await Promise.all(
          [...requests].map(async ([party, bytes]) => {
            const client = clientOf(party);
            const seq = (seqs.get(client) ?? 0) + 1;
            seqs.set(client, seq);
            const from = said.length;
            const order = deskOf(client);
            order.push({ kind: "request", cell, seq, request: put(bytes) });
            change();
            const isMeant = ({ client: by, op, params }: Said) =>
              by === client &&
              (op === "answer" || op === "fail") &&
              params["seq"] === seq &&
              isCell(params["cell"] as CellKey, cell);
            const { op, params } = await heard(isMeant, from);
            if (op === "fail") throw new Error(`${client}: ${JSON.stringify(params)}`);
            const reply = blobs.get((params["answer"] as Claim).sha256)!;
            answers.set(client, [...(answers.get(client) ?? []), reply]);
            hand(party, reply);
          }),
        );
      };
    },
  };
}
