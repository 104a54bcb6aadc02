import { InferenceSession } from "onnxruntime-node";
import type { KeptPopulation } from "@atoll/core/methods";
import { streamOf } from "@atoll/core/random";
import {
  createRequestModel,
  knownBy,
  readRequest,
  requestFeeds,
  sampleRequests,
  type ExportedModel,
  type ListedRequest,
  type RequestInput,
} from "@atoll/core/serving";
import { onnxExecutor } from "../../executor/index.ts";
import { plain, refuseDifferent, runSession, type Verified } from "../verify.ts";

/** Requests of the check, and how many of them are given at once: also a single one. */
const REQUESTS = 256;
const BATCHES = [1, 3, REQUESTS];
const CANDIDATES = [1, 20] as const;

export interface VerifyRequestsOptions {
  readonly kept: KeptPopulation;
  readonly client: string;
  readonly domain: number;
  readonly daysPerUnit: number;
}

/**
 * Runs an exported model in ONNX Runtime from raw requests and compares it with what predicting gives for the
 * same: made-up ones of the catalogue, with unknown items among them, and lists and histories of all sizes.
 */
export async function verifyRequests(
  exported: ExportedModel<RequestInput>,
  { kept, client, domain, daysPerUnit }: VerifyRequestsOptions,
): Promise<Verified> {
  const executor = onnxExecutor({ intraOpThreads: 1 });
  const model = await createRequestModel(kept, { domain, executor });
  const session = await InferenceSession.create(exported.onnx, {
    logSeverityLevel: 3,
    intraOpNumThreads: 1,
  });
  try {
    const random = streamOf(1, "export", client);
    const options = { kept, domain, daysPerUnit, random };
    const requests = sampleRequests(REQUESTS, {
      ...options,
      strange: 0.1,
      candidates: CANDIDATES,
    });
    const known = knownBy(kept, nobody);
    const read = { kept, known, domain, daysPerUnit };
    const expected = listsOf(
      requests,
      await model.score(requests.map((request) => readRequest(request, read))),
    );
    const answer = async (asked: readonly ListedRequest[]) => {
      const feeds = requestFeeds(exported, asked);
      const scores = await runSession(session, feeds);
      return { feeds, scores: scores[exported.outputs[0]!]! };
    };
    let difference = 0;
    for (const batch of BATCHES) {
      const asked = requests.slice(0, batch);
      const { feeds, scores } = await answer(asked);
      const width = feeds["candidates"]!.shape[1]!;
      asked.forEach((_, row) => {
        for (let i = 0; i < width; i++) {
          const off = Math.abs(scores[row * width + i]! - (expected[row]![i] ?? 0));
          // A comparison with NaN would pass.
          difference = Number.isNaN(off) ? Infinity : Math.max(difference, off);
        }
      });
    }
    refuseDifferent(difference, client);
    const [shown] = sampleRequests(1, { ...options, strange: 0, candidates: [3, 3] });
    const example = { ...shown!, history: shown!.history.slice(-3) };
    const { feeds, scores } = await answer([example]);
    return {
      rows: REQUESTS,
      difference,
      example: {
        inputs: Object.fromEntries(
          Object.entries(feeds).map(([name, feed]) => [name, plain(feed)]),
        ),
        outputs: { [exported.outputs[0]!]: [...scores] },
      },
    };
  } finally {
    await model.close();
    await session.release();
  }
}

/** Nobody's events: what is exported knows no users. */
const nobody = {
  userIds: [],
  starts: new Int32Array(1),
  item: new Int32Array(0),
  days: new Float64Array(0),
};

/** Probabilities by request. */
function listsOf(requests: readonly ListedRequest[], all: Float64Array): readonly Float64Array[] {
  let at = 0;
  return requests.map(({ candidates }) => all.subarray(at, (at += candidates.length)));
}
