import { expect, test } from "vitest";
import { budgetOf, gaussian, release } from "./ledger.fixture.ts";
import { memoryLedger } from "./memory-ledger.ts";
import type { Budget, Charge } from "./types.ts";
import { explainAccount } from "./words.ts";

async function words(
  budget: Partial<Budget>,
  { charges, notCovered = [] }: { charges: readonly Charge[]; notCovered?: readonly string[] },
) {
  const account = await memoryLedger().account("de", budgetOf(budget));
  for (const charge of charges) expect((await account.charge([charge])).kind).toBe("charged");
  return explainAccount(await account.read(), { notCovered });
}

const dpSgd = (id: string): Charge => ({
  ...release(id, gaussian(1.1, 0.01), 100),
  unamplified: { mechanism: gaussian(1.1), count: 1 },
});
const plan = [{ mechanism: gaussian(1.1, 0.01), count: 300 }];

test("a training on its way, of a plan", async () => {
  const said = await words(
    { epsilon: 2, adaptivity: { kind: "planned", plan } },
    { charges: [dpSgd("0"), dpSgd("1")], notCovered: ["row counts are public."] },
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "Account "de": 2 releases (2 from stage train).",
      "What is protected is a row: epsilon bounds what the releases tell about whether it was among the data or not (unit example, adjacency add-remove).",
      "Epsilon is 1.058 at delta 0.00001 (accountant rdp).",
      "Whatever an attacker may read from the releases has at most 2.88 times (exp(epsilon)) the probability where it was there that it has where it was not, and the other way round, plus 0.00001 (delta).",
      "An attacker who knows everything else and thinks both equally likely guesses right at most 74.23 % of the time; a coin is right 50 %.",
      "This counts on chance and secrecy of which units took part in which step (amplified by sampling). Against whoever sees who took part, epsilon is 6.328.",
      "All noise was fixed before the first release: this is epsilon if the run stops as scheduled. The whole plan comes to 1.15, which is what holds if it stops because of what was released.",
      "Hard cap enforced: 2. A release that would bring epsilon above it is refused before anything leaves.",
      "Not covered: row counts are public.",
    ]
  `);
});

test("a training that spent its plan, without a cap", async () => {
  const said = await words(
    { adaptivity: { kind: "planned", plan } },
    { charges: [dpSgd("0"), dpSgd("1"), dpSgd("2")] },
  );
  expect(said.slice(-2)).toMatchInlineSnapshot(`
    [
      "All noise was fixed before the first release, and all that was planned is spent.",
      "There is no cap: releases are counted, and none is refused for what it costs.",
    ]
  `);
});

test("a plan that passes the cap", async () => {
  const said = await words(
    { epsilon: 1, adaptivity: { kind: "planned", plan: [{ ...plan[0]!, count: 3000 }] } },
    { charges: [dpSgd("0")] },
  );
  expect(said.slice(-2)).toMatchInlineSnapshot(`
    [
      "All noise was fixed before the first release: this is epsilon if the run stops as scheduled. The whole plan is stopped by the cap, so that 1 is what holds if it stops because of what was released.",
      "Hard cap enforced: 1. A release that would bring epsilon above it is refused before anything leaves.",
    ]
  `);
});

test("clients' updates in a ledger that other trainings share", async () => {
  const local: Charge = {
    ...release("0", gaussian(4)),
    stage: "local",
    unit: "client",
    amplified: { mechanism: gaussian(4, 0.1), count: 1 },
  };
  const other: Charge = { ...local, id: "1", stage: "codebook" };
  expect(await words({ epsilon: 3 }, { charges: [local, other] })).toMatchInlineSnapshot(`
    [
      "Account "de": 2 releases (1 from stage local, 1 from stage codebook).",
      "What is protected is a client with all data: epsilon bounds what the releases tell about whether it was among the data or not (unit client, adjacency add-remove).",
      "Epsilon is 1.479 at delta 0.00001 (accountant zCDP).",
      "Whatever an attacker may read from the releases has at most 4.385 times (exp(epsilon)) the probability where it was there that it has where it was not, and the other way round, plus 0.00001 (delta).",
      "An attacker who knows everything else and thinks both equally likely guesses right at most 81.43 % of the time; a coin is right 50 %.",
      "This holds even against whoever sees which units took part (not amplified by sampling). The formula for sampling would say 0.1748, as is often quoted; that is no promise, for the noise that each participant adds by itself shows how many they were.",
      "Noise, and when to stop, may follow from earlier releases: what is promised in any case is the cap, and epsilon is what these releases cost if all was fixed beforehand.",
      "Hard cap enforced: 3. A release that would bring epsilon above it is refused before anything leaves.",
    ]
  `);
});

test("a Renyi filter without a cap, and one client's data in another's place", async () => {
  const said = await words(
    { adaptivity: { kind: "renyi-filter", order: 12 } },
    { charges: [{ ...release("0", gaussian(3)), unit: "user", adjacency: "replace" }] },
  );
  expect(said).toMatchInlineSnapshot(`
    [
      "Account "de": 1 release (1 from stage train).",
      "What is protected is a user with all rows: epsilon bounds what the releases tell about whether it was this or any other in its place (unit user, adjacency replace).",
      "Epsilon is 1.401 at delta 0.00001 (accountant rdp at order 12).",
      "Whatever an attacker may read from the releases has at most 4.057 times (exp(epsilon)) the probability where it was this one that it has where it was another, and the other way round, plus 0.00001 (delta).",
      "An attacker who knows everything else and thinks both equally likely guesses right at most 80.23 % of the time; a coin is right 50 %.",
      "This holds even against whoever sees which units took part (not amplified by sampling).",
      "Noise, and when to stop, may follow from earlier releases: without a cap nothing is promised then, and epsilon is what these releases cost if all was fixed beforehand.",
      "There is no cap: releases are counted, and none is refused for what it costs.",
    ]
  `);
});

test("no noise, and nothing released", async () => {
  expect(await words({}, { charges: [{ ...release("0", gaussian(0)), unit: "vector" }] }))
    .toMatchInlineSnapshot(`
      [
        "Account "de": 1 release (1 from stage train).",
        "What is protected is an encoded vector: epsilon bounds what the releases tell about whether it was among the data or not (unit vector, adjacency add-remove).",
        "There is no promise (epsilon is infinite): noise is missing, or too weak to count.",
        "There is no cap: releases are counted, and none is refused for what it costs.",
      ]
    `);
  expect(await words({ epsilon: 3 }, { charges: [] })).toMatchInlineSnapshot(`
    [
      "Account "de": nothing was released, so nothing was promised away (epsilon 0).",
      "Hard cap enforced: 3. A release that would bring epsilon above it is refused before anything leaves.",
    ]
  `);
});

test("a charge of nothing is no release", async () => {
  const nothing: Charge = { ...release("end", gaussian(1.1, 0.01), 0), round: 9 };
  const adaptivity = { kind: "planned", plan } as const;
  const said = await words({ adaptivity }, { charges: [dpSgd("0"), nothing] });
  expect(said[0]).toBe('Account "de": 1 release (1 from stage train).');
});

test("a run that released nothing, on an account that others share", async () => {
  const account = await memoryLedger().account("de", budgetOf());
  await account.charge([release("0", gaussian(2))]);
  expect(explainAccount({ ...(await account.read()), charges: [] })[0]).toMatch(
    /^Account "de": nothing was released; others had spent epsilon 2\.\d+ at delta 0.00001 \(/,
  );
});
