import { beforeAll, describe, expect, test } from "vitest";
import { privacyConfig } from "@atoll/core/privacy";
import { createRequestModel, exportRequests, readRequest } from "@atoll/core/serving";
import { settingsFor, small } from "../../../../core/src/methods/fedcctr/people.fixture.ts";
import { onnxExecutor } from "../../executor/index.ts";
import { pooled, servedPeople } from "./served-people.fixture.ts";
import { verifyRequests } from "./verify-requests.ts";

const executor = onnxExecutor({ intraOpThreads: 1 });
const { encoders: _, ...plain } = pooled;
const windows = { windowsDays: [2, 9], windowWeights: [1, 3] };

describe.each([
  [
    "fedcctr with public vectors, texts and exact popularity",
    {
      kind: "fedcctr",
      ...small,
      sampling: 1,
      items: { vectors: "public-and-learned", dimensions: 4 },
      request: { recency: 1, text: 2, ...windows },
    },
  ],
  [
    "fedcctr under a promise, with popularity by published cells",
    {
      kind: "fedcctr",
      ...small,
      histogram: { noiseMultiplier: 0.5, levels: [4, 1], days: [5, 5] },
      request: { recency: 1, ...windows },
      privacy: { kind: "central", noiseMultiplier: 1 },
    },
  ],
  [
    "fedcctr with codes, words and profiles",
    {
      kind: "fedcctr",
      ...small,
      sampling: 1,
      federate: "encoders-and-codes",
      items: { vectors: "public-and-learned", dimensions: 4, codes: { levels: 2, size: 4 } },
      augmentation: { kind: "heuristic", stages: ["items", "profiles"] },
    },
  ],
  [
    "centralised-fedcctr with towers and bce",
    {
      kind: "centralised-fedcctr",
      ...pooled,
      head: "mlp",
      loss: { kind: "bce", negatives: 4 },
      request: { recency: 1, training: "learned" },
    },
  ],
  ["c2dsr", { kind: "c2dsr", ...plain }],
  ["tri-cdr", { kind: "tri-cdr", ...plain, hidden: [4, 3], pretraining: 1 }],
  ["recency", { kind: "recency", text: 1 }],
  ["nothing at all", { kind: "recency", recency: 0 }],
] as const)("%s", (_name, { privacy, ...input }: { kind: string; privacy?: unknown }) => {
  let served: Awaited<ReturnType<typeof servedPeople>>;
  beforeAll(async () => {
    served = await servedPeople(input, {
      executor,
      settings: settingsFor({
        rounds: 1,
        ...(privacy !== undefined && { privacy: privacyConfig.parse(privacy) }),
      }),
    });
  });

  test("scores test lists as the run did, to the last bit", async () => {
    const { kept, histories, listsOf, scores } = served;
    const { profiles } = histories;
    for (const [domain, name] of kept.domains.entries()) {
      const model = await createRequestModel(kept, { domain, profiles, executor });
      const lists = listsOf(domain);
      expect([...(await model.score(lists))]).toEqual(scores[name]);
      // Whatever else is asked, in whatever place.
      const [last] = lists.slice(-1);
      const alone = await model.score([last!]);
      expect([...alone]).toEqual(scores[name]!.slice(-alone.length));
      await model.close();
    }
  });

  test("is exported as what predicts", async () => {
    const { kept } = served;
    const options = { domain: 1, daysPerUnit: 1 / 24, name: "kitchen" };
    const exported = exportRequests(kept, options);
    const { difference } = await verifyRequests(exported, { ...options, kept, client: "kitchen" });
    // Under noise, log-odds are large.
    expect(difference).toBeLessThan(1e-5);
  });
});

test("popularity of a promise comes from published cells, else from all training events", async () => {
  const request = { recency: 1, ...windows };
  const exact = await servedPeople({ kind: "recency", ...request }, { executor });
  const days = exact.kept.times!.kind === "events" ? [...exact.kept.times!.times.days] : [];
  expect(days).toHaveLength(exact.histories.days.length - exact.heldOut);
  const histogram = { noiseMultiplier: 0.5, levels: [4, 1], days: [5, 5] };
  const privacy = privacyConfig.parse({ kind: "central", noiseMultiplier: 1 });
  const noisy = await servedPeople(
    { kind: "fedcctr", ...small, histogram, request },
    { executor, settings: settingsFor({ rounds: 1, privacy }) },
  );
  expect(noisy.kept.times).toMatchObject({
    kind: "cells",
    deviation: expect.closeTo(0.5 * Math.SQRT2) as number,
  });
});

describe("a request", () => {
  let served: Awaited<ReturnType<typeof servedPeople>>;
  beforeAll(async () => {
    served = await servedPeople({ kind: "recency", text: 1 }, { executor });
  });

  test("knows what its user chose before it in both domains, and what is given beside", () => {
    const { kept, histories, known } = served;
    const user = known.userOf("u3");
    const own = Array.from(
      histories.item.subarray(histories.starts[user], histories.starts[user + 1]),
    );
    const read = (time: number, since: readonly string[], candidates?: readonly string[]) =>
      readRequest(
        { user: "u3", time, history: [], since, candidates },
        { kept, known, domain: 0, daysPerUnit: 1 },
      );
    const days = histories.days[histories.starts[user]! + 2]!;
    // Days of this user are all different.
    expect([...read(days, []).items]).toEqual(own.slice(0, 3));
    expect([...read(days - 0.5, []).items]).toEqual(own.slice(0, 2));
    const [pan, tea] = [known.itemOf(1, "1-3"), known.itemOf(0, "0-5")];
    expect([...read(NaN, ["kitchen:1-3", "0-5", "food:0-5", "strange"]).items]).toEqual([
      ...own,
      pan,
      tea,
      tea,
    ]);
    const told = {
      user: "u3",
      time: NaN,
      history: ["0-5"],
      since: ["1-3", "kitchen:1-3"],
      candidates: [],
    };
    const { items } = readRequest(told, { kept, known, domain: 0, daysPerUnit: 1 });
    expect([...items]).toEqual([tea, pan]);
    expect(read(NaN, []).days).toBe(kept.lastDay + 1);
    expect([...read(NaN, [], ["0-5", "1-3"]).candidates]).toEqual([tea, -1]);
    const left = [...read(NaN, ["0-5"]).candidates];
    expect(left).not.toContain(tea);
    expect(left.every((item) => item < kept.itemStarts[1]! && !own.includes(item))).toBe(true);
  });

  test("of nobody and of unknown items: 0, without moving others", async () => {
    const { kept, listsOf, scores } = served;
    const model = await createRequestModel(kept, { domain: 0, executor });
    const [first] = listsOf(0);
    const strange = { ...first!, candidates: Int32Array.of(-1, ...first!.candidates, -1) };
    const nobody = { user: -1, items: new Int32Array(0), days: 3, candidates: Int32Array.of(-1) };
    const { length } = first!.candidates;
    const expected = [0, 0, ...scores["food"]!.slice(0, length), 0];
    expect([...(await model.score([nobody, strange]))]).toEqual(expected);
  });
});

test("numbers that do not fit their settings are all named", async () => {
  const { kept } = await servedPeople({ kind: "c2dsr", ...plain }, { executor });
  const model = kept.model!;
  const parameters = { ...model.parameters, "merged/positions": new Float32Array(3) };
  const wrong = { ...kept, model: { ...model, parameters, rows: undefined } };
  await expect(createRequestModel(wrong, { domain: 0, executor })).rejects.toThrow(
    "do not fit its settings: parameter merged/positions has 3 numbers, 40 are needed; the table of items has 0 numbers, 128 are needed",
  );
});
