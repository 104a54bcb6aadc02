import { expect, test } from "vitest";
import { fedcctr } from "./fedcctr.ts";
import { centralisedFedcctr } from "./centralised-fedcctr.ts";
import { ofKind, peopleInOrder, runPopulation, small, settingsFor } from "./people.fixture.ts";

test("time", async () => {
  let t = performance.now();
  const lap = (s: string) => { console.log(s, (performance.now() - t).toFixed()); t = performance.now(); };
  const splits = peopleInOrder(12);
  lap("splits");
  const out = await runPopulation(fedcctr, { kind: "fedcctr", ...small, sampling: 1 }, { splits });
  lap("fed");
  console.log(out.scores, ofKind(out, "update").map((m) => m.metadata));
  const c = await runPopulation(centralisedFedcctr, { kind: "centralised-fedcctr", ...small, usersPerStep: 4 }, { splits, settings: settingsFor({ rounds: 30 }), parties: ["c"] });
  lap("cent");
  console.log(ofKind(c, "trained").map((m) => m.metadata));
  expect(1).toBe(1);
}, 100000);
