import { expect, test } from "vitest";
import { forAll, type Coordinator, type Message } from "../../federation/index.ts";
import { settingsOf } from "../two-markets.fixture.ts";
import { exchangeOf } from "./exchange.ts";
import { observedIn } from "./observed.ts";
import type { Federated } from "./train.ts";
import { trainServer } from "./train-server.ts";

/** Sees nothing in round 1, else how often it was asked. */
const coordinator: Coordinator = {
  begin: (initial, clients) => ({
    next: forAll(clients, initial),
    state: { arrays: {}, metadata: { asked: 0 } },
  }),
  step: ({ clients, sent }, { metadata }) => {
    const asked = (metadata["asked"] as number) + 1;
    return {
      next: sent,
      state: { arrays: {}, metadata: { asked } },
      ...(asked !== 2 && { observed: { clients, mixing: { parameters: [asked / 4, 0] } } }),
    };
  },
};

const sharing: Federated = {
  kind: "federated",
  server: { kind: "one-for-each", coordinator: () => coordinator },
  normalisation: "local",
};

test("what a coordinator saw is kept with its round, across a checkpoint too", async () => {
  const base = settingsOf();
  const settings = settingsOf({ federation: { ...base.federation, rounds: 3 } });
  const exchange = exchangeOf(settings, sharing);
  const open = () =>
    trainServer({ clients: ["a", "b"], seed: 1, results: new Map() }, settings, sharing, exchange);
  let server = open();
  for (let requests = server.next(); requests; requests = server.next()) {
    const replies = new Map(
      [...requests].map(([client, { arrays, round, kind }]): [string, Message] => {
        const metadata = { numExamples: 1, valid: {}, stale: 0, finished: false };
        return [client, { kind, stage: "train", round, arrays, metadata }];
      }),
    );
    await server.receive(replies);
    const saved = server.save();
    server = open();
    server.load(saved);
  }
  const clients = ["a", "b"];
  expect(observedIn(new Map([["train", server.result!()]]))).toEqual([
    { round: 0, clients, mixing: { parameters: [0.25, 0] } },
    { round: 2, clients, mixing: { parameters: [0.75, 0] } },
  ]);
  expect(observedIn(new Map([["evaluate", server.result!()]]))).toEqual([]);
});
