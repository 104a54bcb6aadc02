import { z } from "zod";
import { AtollError } from "../../../errors/index.ts";
import type { Anchors } from "../../../federation/client-memory.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type { Blinding } from "../../../federation/cryptography.ts";
import type { SavedState, StageClient } from "../../../federation/stage.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import type { MethodSettings } from "../../types.ts";
import { trainedItems } from "./items.ts";
import { offerRequest, passRequest, tellRequest } from "./messages.ts";
import { orderOfPoints, POINT_BYTES, pointsArray, pointsIn, takePoints } from "./points.ts";

/** Points between two looks at the signal. */
const CHUNK = 256;

/** From the client's own list to the end of the protocol. */
interface Session {
  readonly attempt: number;
  readonly numParties: number;
  readonly blinding: Blinding;
  /** The item number at each place of the client's list. */
  readonly items: Int32Array;
  /** The last hop that was answered, and the answer; 0: the client's own list. */
  readonly hop: number;
  readonly answer: Uint8Array;
}

/**
 * The client half. Its secret lives here and in its own saved state, until the anchors are known. A hop
 * that is asked for again, because the answer was lost, is answered by the same list, whatever comes with
 * it: no secret ever multiplies more lists than there are other parties.
 */
export function anchorsClient(context: ClientContext, settings: MethodSettings): StageClient {
  let session: Session | undefined;

  const outOfTurn = (what: string) =>
    new AtollError(
      "MESSAGE_UNDECLARED",
      `client "${context.name}", stage "anchors": ${what}; the server does not follow the protocol, nothing was sent`,
    );

  /** Blinds count values, a few at a time; `share` of the stage's work lies behind, `of` is to come. */
  const inChunks = (
    count: number,
    blind: (from: number, to: number) => Uint8Array,
    progress: { readonly done: number; readonly of: number; readonly signal?: AbortSignal },
  ): Uint8Array => {
    const blinded = new Uint8Array(count * POINT_BYTES);
    for (let from = 0; from < count; from += CHUNK) {
      progress.signal?.throwIfAborted();
      const to = Math.min(count, from + CHUNK);
      blinded.set(blind(from, to), from * POINT_BYTES);
      const share = (progress.done + to / count) / progress.of;
      context.onProgress?.({ work: "training", share });
    }
    return blinded;
  };

  const offer = (request: Message, signal?: AbortSignal): Uint8Array => {
    const { attempt, numParties } = offerRequest.parse(request.metadata);
    if (session?.attempt === attempt) {
      if (session.hop === 0) return session.answer;
      throw outOfTurn("its items were asked for twice under one secret");
    }
    const { numbers, values } = trainedItems(context, settings);
    const blinding = context.cryptography.createBlinding();
    const points = inChunks(
      values.length,
      (from, to) => blinding.blindValues(values.slice(from, to)),
      { done: 0, of: numParties, ...(signal && { signal }) },
    );
    const order = orderOfPoints(points);
    const answer = takePoints(points, order);
    const items = order.map((i) => numbers[i]!);
    session = { attempt, numParties, blinding, items, hop: 0, answer };
    return answer;
  };

  const pass = (request: Message, signal?: AbortSignal): Uint8Array => {
    const { attempt, hop } = passRequest.parse(request.metadata);
    if (session === undefined || session.attempt !== attempt)
      throw outOfTurn("a list arrived before its own items were asked for");
    if (hop > 0 && hop === session.hop) return session.answer;
    if (hop !== session.hop + 1 || hop >= session.numParties)
      throw outOfTurn(
        `list ${hop} arrived after list ${session.hop}, of ${session.numParties - 1} in all`,
      );
    const { blinding, numParties } = session;
    const points = pointsIn(request, "the server");
    const answer = inChunks(
      points.length / POINT_BYTES,
      (from, to) => blinding.blindPoints(points.subarray(from * POINT_BYTES, to * POINT_BYTES)),
      { done: hop, of: numParties, ...(signal && { signal }) },
    );
    session = { ...session, hop, answer };
    return answer;
  };

  const takeOver = (request: Message): void => {
    const { numAnchors } = tellRequest.parse(request.metadata);
    const positions = intsIn(request, "positions");
    const ids = intsIn(request, "ids");
    const items = session?.items ?? new Int32Array(0);
    const distinct = new Set(ids);
    if (
      positions.length !== ids.length ||
      distinct.size !== ids.length ||
      ids.some((id) => id < 0 || id >= numAnchors) ||
      positions.some((place, i) => place <= (positions[i - 1] ?? -1) || place >= items.length)
    )
      throw new AtollError(
        "MESSAGE_MALFORMED",
        `client "${context.name}", stage "anchors": ${positions.length} places and ${ids.length} numbers below ${numAnchors} do not fit its list of ${items.length} items; the server runs another version`,
      );
    const pairs = [...positions].map((place, i) => ({ item: items[place]!, id: ids[i]! }));
    pairs.sort((a, b) => a.item - b.item);
    context.memory.anchors = {
      items: Int32Array.from(pairs, ({ item }) => item),
      ids: Int32Array.from(pairs, ({ id }) => id),
      numAnchors,
    };
    // The secret has done its work.
    session = undefined;
  };

  return {
    handle: async (request, signal) => {
      const reply = (kind: string, arrays: Record<string, WireArray> = {}): Message => ({
        kind,
        stage: "anchors",
        round: request.round,
        arrays,
        metadata: {},
      });
      if (request.kind === "offer")
        return reply("offered", { points: pointsArray(offer(request, signal)) });
      if (request.kind === "pass")
        return reply("passed", { points: pointsArray(pass(request, signal)) });
      // Asked for again, it has nothing left to take over.
      if (context.memory.anchors === undefined || session !== undefined) takeOver(request);
      return reply("told");
    },
    save: () => saved(session, context.memory.anchors),
    load: ({ arrays, metadata }) => {
      const kept = keptMetadata.parse(metadata);
      const ints = (name: string) => (arrays[name]!.data as Int32Array).slice();
      const bytes = (name: string) => (arrays[name]!.data as Uint8Array).slice();
      switch (kept.kind) {
        case "nothing":
          break;
        case "session":
          session = {
            attempt: kept.attempt,
            numParties: kept.numParties,
            hop: kept.hop,
            blinding: context.cryptography.createBlinding(bytes("secret")),
            items: ints("items"),
            answer: bytes("answer"),
          };
          break;
        case "anchors":
          context.memory.anchors = {
            items: ints("items"),
            ids: ints("ids"),
            numAnchors: kept.numAnchors,
          };
          break;
      }
    },
    close: async () => {},
  };
}

const keptMetadata = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("nothing") }),
  z.strictObject({
    kind: z.literal("session"),
    attempt: z.number(),
    numParties: z.number(),
    hop: z.number(),
  }),
  z.strictObject({ kind: z.literal("anchors"), numAnchors: z.number() }),
]);

/** What the silo keeps for itself; the secret is in it as long as lists are under way. */
function saved(session: Session | undefined, anchors: Anchors | undefined): SavedState {
  const array = (data: Int32Array | Uint8Array): WireArray => ({ shape: [data.length], data });
  if (session !== undefined) {
    const { attempt, numParties, hop, blinding, items, answer } = session;
    return {
      arrays: { secret: array(blinding.secret), items: array(items), answer: array(answer) },
      metadata: { kind: "session", attempt, numParties, hop } satisfies Kept,
    };
  }
  if (anchors !== undefined) {
    const { items, ids, numAnchors } = anchors;
    return {
      arrays: { items: array(items), ids: array(ids) },
      metadata: { kind: "anchors", numAnchors } satisfies Kept,
    };
  }
  return { arrays: {}, metadata: { kind: "nothing" } satisfies Kept };
}

type Kept = z.infer<typeof keptMetadata>;

function intsIn({ kind, arrays }: Message, name: string): Int32Array {
  const data = arrays[name]?.data;
  if (data instanceof Int32Array) return data;
  throw new AtollError(
    "MESSAGE_MALFORMED",
    `stage "anchors", message "${kind}": ${name} are missing, or no whole numbers; the server runs another version`,
  );
}
