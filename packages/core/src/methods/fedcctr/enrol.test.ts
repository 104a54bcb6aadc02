import { expect, test } from "vitest";
import { jaxExecutor } from "../../tensor/index.ts";
import type { Message } from "../../federation/types.ts";
import { configOf } from "./privacy/privacy.fixture.ts";
import { contextsOf, peopleInOrder } from "./people.fixture.ts";
import { enrolledIn, enrolStage } from "./enrol.ts";

const stage = enrolStage(configOf());
const said = { domains: ["food", "kitchen"], items: 16, hasText: true, clients: 5 };

const reply = (metadata: Record<string, unknown>): Message => ({
  kind: "enrolled",
  stage: "enrol",
  round: 0,
  arrays: {},
  metadata,
});

const serverOf = () => stage.server({ clients: ["m-1", "m-2"], seed: 1, results: new Map() });

test("entries of vectors of words are told where augmentation says words", async () => {
  const [context] = contextsOf({ splits: peopleInOrder(9), executor: jaxExecutor() });
  const wordWidth = async (augmentation: unknown) => {
    const client = await enrolStage(configOf({ augmentation })).client(context!);
    const { metadata } = await client.handle({ ...reply({}), kind: "enrol" });
    return metadata["wordWidth"];
  };
  expect(await wordWidth({ kind: "heuristic" })).toBe(64);
  expect(await wordWidth({ kind: "heuristic", stages: ["sequences"] })).toBeUndefined();
  const server = serverOf();
  server.next();
  await server.receive(
    new Map(["m-1", "m-2"].map((party) => [party, reply({ ...said, wordWidth: 3 })])),
  );
  const { catalogue } = enrolledIn({ results: new Map([["enrol", server.result!()]]) });
  expect(catalogue.wordWidth).toBe(3);
});

test("what parties agree on is known to the stages after it, also after an interruption", async () => {
  const server = serverOf();
  expect([...server.next()!.keys()]).toEqual(["m-1", "m-2"]);
  await server.receive(new Map(["m-1", "m-2"].map((party) => [party, reply(said)])));
  const resumed = serverOf();
  resumed.load(server.save());
  expect(resumed.next()).toBeUndefined();
  expect(enrolledIn({ results: new Map([["enrol", resumed.result!()]]) })).toEqual({
    catalogue: { domains: ["food", "kitchen"], items: 16, hasText: true },
    numClients: 5,
  });
});

test("parties with other tables are refused", () => {
  const replies = new Map([
    ["m-1", reply(said)],
    ["m-2", reply({ ...said, items: 17 })],
  ]);
  expect(() => serverOf().receive(replies)).toThrow('client "m-2" knows');
});
