import type { EvaluationPart } from "../../../data/index.ts";
import type { ClientContext, ClientStore } from "../../../federation/client-context.ts";
import type { CollaborativeVectors } from "../../../federation/client-memory.ts";
import type { SavedState, Stage, StageClient } from "../../../federation/stage.ts";
import type { Augmentation } from "../../stages/augmentation.ts";
import { prefixed, unprefixed } from "../../stages/named.ts";
import { trainReply, type TrainReply } from "../../stages/train-reply.ts";
import { trainStage } from "../../stages/train.ts";
import type { MethodSettings } from "../../types.ts";

/**
 * Training as `trainStage` does it alone, but of one model per market that a party holds, on that market's
 * rows: each has tables, numbers and patience of its own, as if the market trained by itself with what
 * earlier stages found in the rows of all. Each market is then scored by its own model.
 */
export function trainPerPartStage(settings: MethodSettings, augmentation: Augmentation): Stage {
  const stage = trainStage(settings, { kind: "alone" }, augmentation);
  return { ...stage, client: (context) => perPartClient(context, stage.client) };
}

/** One market among a party's: its own context, and the client half that trains in it. */
interface Part {
  readonly context: ClientContext;
  readonly client: StageClient;
  /** What it said last; of a market that has finished, what it says from then on. */
  said: TrainReply | undefined;
}

async function perPartClient(context: ClientContext, open: Stage["client"]): Promise<StageClient> {
  const parts: Part[] = [];
  for (const own of partContexts(context))
    parts.push({ context: own, client: await open(own), said: undefined });

  const serve = () => {
    const memories = parts.map(({ context: own }) => own.memory);
    if (memories.some(({ scorer, data }) => scorer === undefined || data === undefined)) return;
    const scorers = new Map(parts.map(({ context: own }) => [own.name, own.memory.scorer!]));
    context.memory.data = {
      parts: memories.flatMap(({ data }): readonly EvaluationPart[] => data!.parts),
    };
    context.memory.scorer = {
      score: (examples, part) => {
        const scorer = scorers.get(part);
        if (scorer === undefined)
          throw new RangeError(`client ${context.name} holds no rows of ${part}`);
        return scorer.score(examples, part);
      },
    };
  };

  return {
    handle: async (request, signal) => {
      const replies: TrainReply[] = [];
      let kind = request.kind;
      for (const part of parts) {
        // The server asks the party as long as one market trains; one that has finished is left alone.
        if (request.kind === "train" && part.said?.finished === true) {
          const { trainLoss: _, ...said } = part.said;
          replies.push(said);
          kind = "update";
          continue;
        }
        const reply = await part.client.handle(request, signal);
        part.said = trainReply.parse(reply.metadata);
        replies.push(part.said);
        kind = reply.kind;
      }
      serve();
      const { stage, round } = request;
      return { kind, stage, round, arrays: {}, metadata: { ...joined(replies) } };
    },
    save: () => {
      const saved = parts.map(({ client }) => client.save());
      return {
        arrays: Object.assign(
          {},
          ...saved.map(({ arrays }, p) => prefixed(`${p}:`, arrays)),
        ) as SavedState["arrays"],
        metadata: {
          parts: saved.map(({ metadata }) => metadata),
          said: parts.map(({ said }) => said ?? null),
        },
      };
    },
    load: ({ arrays, metadata }) => {
      const saved = metadata["parts"] as readonly SavedState["metadata"][];
      const said = metadata["said"] as readonly (TrainReply | null)[];
      parts.forEach((part, p) => {
        part.client.load({ arrays: unprefixed(`${p}:`, arrays), metadata: saved[p]! });
        part.said = said[p] ?? undefined;
      });
      serve();
    },
    close: async () => {
      for (const { client } of parts) await client.close();
    },
  };
}

/** What a party says that trains several models: rows add up, and losses are weighted by them. */
function joined(replies: readonly TrainReply[]): TrainReply {
  const trained = replies.filter(({ trainLoss }) => trainLoss !== undefined);
  const rows = trained.reduce((sum, { numExamples }) => sum + numExamples, 0);
  const trainLoss = trained.reduce(
    (sum, own) => sum + own.trainLoss! * (own.numExamples / rows),
    0,
  );
  return {
    numExamples: replies.reduce((sum, { numExamples }) => sum + numExamples, 0),
    ...(trained.length > 0 && { trainLoss }),
    valid: Object.assign({}, ...replies.map(({ valid }) => valid)) as TrainReply["valid"],
    stale: Math.min(...replies.map(({ stale }) => stale)),
    finished: replies.every(({ finished }) => finished),
  };
}

/** A context per market, named as the market: random numbers are those that it would draw by itself. */
function partContexts(context: ClientContext): ClientContext[] {
  const { splits, memory, onProgress } = context;
  let from = 0;
  return splits.map((split, p) => {
    const to = from + split.label.length;
    const { collaborative, codes } = memory;
    const own: ClientContext = {
      name: split.client,
      seed: context.seed,
      splits: [split],
      executor: context.executor,
      cryptography: context.cryptography,
      store: storeOfPart(context.store, split.client),
      earlier: (method) => readerOfPart(context.earlier(method), split.client),
      memory: {
        ...(collaborative && { collaborative: partOfVectors(collaborative, p, from, to) }),
        ...(codes && { codes }),
      },
      ...(onProgress && {
        onProgress: ({ work, share }) => onProgress({ work, share: (p + share) / splits.length }),
      }),
    };
    from = to;
    return own;
  });
}

/** The rows and the pool of one market; users and items stay numbered as all rows number them. */
function partOfVectors(
  vectors: CollaborativeVectors,
  p: number,
  from: number,
  to: number,
): CollaborativeVectors {
  return {
    ...vectors,
    foldOfRow: vectors.foldOfRow.subarray(from, to),
    userOfRow: vectors.userOfRow.subarray(from, to),
    itemOfRow: vectors.itemOfRow.subarray(from, to),
    itemOfPool: vectors.itemOfPool.slice(p, p + 1),
  };
}

const fileOfPart = (file: string, part: string) => `${file}-${part}`;

/** The files that one part of a party left. */
export function readerOfPart(
  store: Pick<ClientStore, "read">,
  part: string,
): Pick<ClientStore, "read"> {
  return { read: (file) => store.read(fileOfPart(file, part)) };
}

function storeOfPart(store: ClientStore, part: string): ClientStore {
  return {
    ...readerOfPart(store, part),
    write: (file, pieces) => store.write(fileOfPart(file, part), pieces),
  };
}
