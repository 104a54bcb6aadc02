import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Experiment } from "@atoll/node/experiment";
import { planOf } from "@atoll/node/runs";
import { parsePolicy, siloPolicy } from "../policy/index.ts";
import type { CellKey, Order } from "../protocol/index.ts";
import { fakeServer, type FakeServer, type Said } from "./coordinator.fixture.ts";
import { clientsOf, seatsOf } from "./held.ts";
import { tinyFedcctr, tinyPopulation } from "./population.fixture.ts";
import { jobOf, siloBench, tinyExperiment, type SiloBench } from "./silos.fixture.ts";

let bench: SiloBench;
beforeAll(async () => {
  bench = await siloBench();
});
afterAll(() => bench.close());

const cell: CellKey = { run: "run-1", seed: 1, method: "fedavg" };
const alone = tinyExperiment({ data: { kind: "synthetic", markets: { a: { rows: 300 } } } });

/** Most requests of a cell, as its silo counts them. */
function mostRequests(experiment: Experiment, party = clientsOf(experiment)[0]!): number {
  const job = jobOf(experiment, { client: party });
  const [seat] = seatsOf(job, experiment, planOf(experiment).methods).values();
  return seat!.mostRequests;
}

async function accepted(server: FakeServer, experiment: Experiment): Promise<void> {
  const job = server.putJob(jobOf(experiment, { client: "a" }));
  server.order("a", { kind: "job", run: "run-1", job });
  const { op, params } = await server.heard((said) => /accept|refuse/.test(said.op));
  expect([op, params["reason"]]).toEqual(["accept", undefined]);
}

/** What the silo says to a request. */
async function asked(server: FakeServer, seq: number, bytes: Uint8Array): Promise<Said> {
  const order: Order = { kind: "request", cell, seq, request: server.put(bytes) };
  const from = server.said.length;
  server.order("a", order);
  return server.heard(({ op, params }) => /answer|fail/.test(op) && params["seq"] === seq, from);
}

describe("a server that asks for more than the experiment's rounds", () => {
  test("is answered to the last number that there can be, whatever was left out, and refused beyond it", async () => {
    const server = fakeServer();
    bench.start(server, "a", { folder: await bench.newFolder() });
    await accepted(server, alone);
    const requests: Uint8Array[] = [];
    const exchange = server.exchangeOf(cell);
    // Two rounds of the vocabulary, two of training, one to finish, one to evaluate.
    const most = mostRequests(alone);
    expect(most).toBe(6);
    await bench.drive(alone, cell, async (round) => {
      requests.push(round.requests.get("a")!);
      await exchange(round);
    });
    expect(requests).toHaveLength(most);
    for (const [seq, again] of [
      [most + 1, requests.at(-1)!],
      [most + 500, requests[2]!],
    ] as const) {
      const { op, params } = await asked(server, seq, again);
      expect([op, params["code"], params["reason"]]).toEqual([
        "fail",
        "ROUNDS_EXCEEDED",
        `run "run-1", seed 1, fedavg: request ${seq} is asked for, and all stages of the experiment together have at most 6 rounds; submit an experiment with as many as are needed`,
      ]);
    }

    const other = fakeServer();
    bench.start(other, "a", { folder: await bench.newFolder() });
    await accepted(other, alone);
    expect((await asked(other, 2, requests[0]!)).op).toBe("answer");
    expect((await asked(other, most, requests[1]!)).op).toBe("answer");
    expect((await asked(other, most + 1, requests[2]!)).params["code"]).toBe("ROUNDS_EXCEEDED");
  });

  const codebooks = {
    codes: 8,
    localCodes: 8,
    width: 4,
    hidden: [8],
    rounds: 3,
    localEpochs: 1,
    finalEpochs: 1,
    restartEvery: 2,
  };
  const anchors = { alignment: { anchors: true } };

  test.each<[string, number, Readonly<Record<string, unknown>>]>([
    ["fedavg", 6, {}],
    ["fedavg", 22, { federation: { rounds: 20, shared: [] }, training: { patience: 1 } }],
    ["fedmm", 61, { methods: [{ kind: "fedmm", codebooks }] }],
    ["fedmm", 65, { methods: [{ kind: "fedmm", codebooks, ...anchors }] }],
    ["fedcctr", 5, { ...tinyPopulation, methods: [tinyFedcctr], federation: { rounds: 2 } }],
  ])("a whole run of %s has no more than %i", async (method, most, own) => {
    const experiment = tinyExperiment(own);
    expect(mostRequests(experiment, method === "fedcctr" ? "fedcctr-1" : undefined)).toBe(most);
    const replies = await bench.inProcess(experiment, { ...cell, method });
    const counts = [...replies.values()].map((answers) => answers.length);
    expect(counts).toHaveLength(2);
    expect(Math.min(...counts)).toBeGreaterThan(3);
    expect(Math.max(...counts)).toBeLessThanOrEqual(most);
  });
});

test("a program that the policy does not name is not run, and the server hears why", async () => {
  const server = fakeServer();
  const hash = "0".repeat(64);
  const policy = siloPolicy(parsePolicy(`minimumRows: 1\nprograms: ["${hash}"]\n`, "policy.yaml"));
  const silo = bench.start(server, "a", { folder: await bench.newFolder(), policy });
  await accepted(server, alone);
  await expect(bench.drive(alone, cell, server.exchangeOf(cell))).rejects.toThrow(
    "PROGRAM_NOT_ALLOWED",
  );
  const { params } = await server.heard(({ op }) => op === "fail");
  expect(params).toMatchObject({
    code: "PROGRAM_NOT_ALLOWED",
    reason:
      "the silo's policy does not allow all of its programs (rule programs); change the job, or ask the silo's people",
  });
  expect(silo.events).toContainEqual(
    expect.objectContaining({
      kind: "failed",
      details: [expect.stringMatching(/program ".+" has SHA-256/)],
    }),
  );
});
