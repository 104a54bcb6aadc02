import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planOf } from "@atoll/node/runs";
import type { CellKey } from "../protocol/index.ts";
import { fakeServer } from "./coordinator.fixture.ts";
import { seatsOf } from "./held.ts";
import { clientsHere } from "./own-data.ts";
import { tinyFedcctr, tinyPopulation } from "./population.fixture.ts";
import { jobOf, siloBench, tinyExperiment, type SiloBench } from "./silos.fixture.ts";

let bench: SiloBench;
beforeAll(async () => {
  bench = await siloBench();
});
afterAll(() => bench.close());

const world = tinyExperiment({ ...tinyPopulation, methods: [tinyFedcctr] });

test("silos that share the users of all domains answer what shards in one process answer", async () => {
  const cell: CellKey = { run: "run-1", seed: 1, method: "fedcctr" };
  const server = fakeServer();
  const partyOf = new Map([
    ["north", "fedcctr-1"],
    ["south", "fedcctr-2"],
  ]);
  for (const [client, party] of partyOf) {
    bench.start(server, client, { folder: await bench.newFolder() });
    const job = server.putJob({ ...jobOf(world, { client }), parties: { fedcctr: party } });
    server.order(client, { kind: "job", run: "run-1", job });
    const said = await server.heard((one) => one.client === client && one.op !== "poll");
    expect([said.op, said.params["reason"]]).toEqual(["accept", undefined]);
  }
  const clientOf = (party: string) => [...partyOf].find(([, own]) => own === party)![0];
  await bench.drive(world, cell, server.exchangeOf(cell, clientOf), [...partyOf.values()]);
  const expected = await bench.inProcess(world, cell);
  expect(expected.size).toBe(2);
  for (const [client, party] of partyOf)
    expect(server.answers.get(client), client).toEqual(expected.get(party));
});

test("such a silo takes the domains whose files lie in its folder; one that is a client needs its own", async () => {
  const folder = await bench.newFolder();
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "food.csv"), "user,item,time\n1,2,3\n");
  const given = tinyExperiment({
    ...tinyPopulation,
    data: {
      kind: "files",
      feedback: "implicit",
      columns: { user: "user", item: "item", time: "time" },
      clients: { food: { path: "food.csv" }, kitchen: { path: "kitchen.csv" } },
    },
    methods: [tinyFedcctr, "popularity"],
  });
  const here = (parties: Readonly<Record<string, string>>) => {
    const job = { ...jobOf(given, { client: "" }), methods: Object.keys(parties), parties };
    const seats = seatsOf(job, given, planOf(given).methods);
    return clientsHere(given, seats.values(), folder);
  };
  expect([...(await here({ fedcctr: "fedcctr-2" }))]).toEqual(["food"]);
  expect([...(await here({ popularity: "food" }))]).toEqual(["food"]);
  await expect(here({ popularity: "kitchen" })).rejects.toMatchObject({
    code: "DATA_FILE_MISSING",
  });
});
