import { join } from "node:path";
import { resolveMethod, roleOf } from "@atoll/core/methods";
import type { Result } from "@atoll/node/results";
import { expect, test } from "vitest";
import { augmentationPage } from "../../scripts/results/augmentation/page.ts";
import { planRun } from "../../scripts/results/plan-run.ts";
import { AUGMENTATION_RUNS } from "../../scripts/results/augmentation/runs.ts";
import type { Finished } from "../../scripts/results/augmentation/tables.ts";
import { NONE, QUESTIONS, ROWS } from "../../scripts/results/augmentation/variants.ts";

const EXAMPLES = join(import.meta.dirname, "..", "..", "examples");

/** NDCG@10 by row in both domains; every other row has .1. */
const VALUES: Readonly<Record<string, number>> = { items: 0.12, all: 0.125, profiles: 0.09 };

const augments = (entry: object) => "augmentation" in entry && entry.augmentation !== undefined;

function verdictOf(difference: number): Result["comparisons"][number]["verdict"] {
  if (Math.abs(difference) < 0.005) return "no clear difference";
  return difference > 0 ? "better" : "worse";
}

async function made(): Promise<Finished[]> {
  return Promise.all(
    AUGMENTATION_RUNS.map(async (run) => {
      const { experiment } = await planRun(run, { examples: EXAMPLES, page: "augmentation" });
      const entries = experiment.methods.map(resolveMethod);
      const clients = run.example.includes("movielens") ? ["drama", "other"] : ["food", "kitchen"];
      const valueOf = (method: string) => VALUES[method] ?? 0.1;
      const metrics = (mean: number) => ({
        "ndcg@10": { mean, sd: 0, low: mean - 0.005, high: mean + 0.005 },
      });
      const methods = entries.map((entry) => {
        const { name, kind } = entry;
        const own = metrics(valueOf(name));
        const augmentation = {
          users: 7000,
          augmented: 6000,
          meanLengthBefore: 20,
          meanLengthAfter: name === "items" ? 20 : 23.5,
          density: { before: 0.001, after: 0.00125 },
        };
        const value = {
          kind,
          role: roleOf(entry),
          clients: Object.fromEntries(clients.map((client) => [client, own])),
          macro: own,
          seconds: 60,
          rounds: 3,
          ...(augments(entry) && { domains: { augmentation } }),
        };
        return [name, value] as const;
      });
      const comparisons = entries.flatMap(({ name: method }) =>
        experiment.evaluation.against.flatMap((against) =>
          ["macro", ...clients].map((client) => {
            const difference = valueOf(method) - valueOf(against);
            return {
              method,
              against,
              client,
              metric: "ndcg@10",
              difference,
              low: difference - 0.005,
              high: difference + 0.005,
              p: 1,
              pHolm: 1,
              verdict: verdictOf(difference),
            };
          }),
        ),
      );
      const result = {
        experiment: { ...experiment },
        seeds: [...experiment.seeds],
        metric: "ndcg@10",
        clients: Object.fromEntries(clients.map((client) => [client, {}])),
        methods: Object.fromEntries(methods),
        comparisons,
      } as unknown as Result;
      return { ...run, result };
    }),
  );
}

test("every row of a run is one thing changed of the row without augmentation", async () => {
  for (const run of AUGMENTATION_RUNS) {
    const { experiment } = await planRun(run, { examples: EXAMPLES, page: "augmentation" });
    const entries = new Map(experiment.methods.map(resolveMethod).map((e) => [e.name, e]));
    const none = { ...entries.get(NONE) } as Record<string, unknown>;
    for (const { name, settings } of ROWS) {
      const entry = entries.get(name) as unknown as Record<string, unknown>;
      const changed = Object.keys({ ...none, ...entry }).filter(
        (key) => JSON.stringify(entry[key]) !== JSON.stringify(none[key]),
      );
      expect(changed.toSorted()).toEqual(
        [...(name === NONE ? [] : ["name"]), ...Object.keys(settings)].toSorted(),
      );
    }
    const names = new Set(entries.keys());
    for (const { method, against } of QUESTIONS)
      expect([names.has(method), experiment.evaluation.against.includes(against)]).toEqual([
        true,
        true,
      ]);
  }
});

test("the page tells what helps, what does not, and what harms", async () => {
  const runs = await made();
  const stages = [
    { stage: "items" as const, seconds: 1.26, prompts: 2000, promptTokens: 1e6, answerTokens: 1e5 },
  ];
  const costs = runs.map(({ title }) => ({ title, stages }));
  const page = augmentationPage({ runs, costs, machine: "a machine", date: "2026-01-01" });
  expect(page).toContain(
    "- **Food-Kitchen, users as clients**: clearly better than no augmentation: all three (+0.0250); words for items alone (+0.0200). Clearly worse: words for users alone (-0.0100). No clear difference, so no help: all three, IDRA off (lambda1 0) (+0.0000); all three, from the 100 most alike (+0.0000); liked and disliked items alone (+0.0000); liked and disliked items, from the 100 most alike (+0.0000).",
  );
  // .1 without, .125 with: a fifth less.
  expect(page).toContain("| MovieLens 1M, users as clients: drama | -20.00% |");
  expect(page).toContain(
    "| Food-Kitchen, users as clients: all three | 7,000 | 6,000 | 20.00 | 23.50 | +17.50% | 0.100% | 0.125% |",
  );
  expect(page).not.toContain("Food-Kitchen, users as clients: words for items alone | 7,000");
  expect(page).toContain(
    "| Food-Kitchen, in one place | items | 1.3 s | 2,000 | 1,000,000 | 100,000 |",
  );
  for (const { title } of [...ROWS, ...QUESTIONS]) expect(page).toContain(`| ${title} |`);
  expect(page).not.toMatch(/NaN|undefined/);
  // Runs that are not finished are left out.
  const one = augmentationPage({
    runs: runs.slice(0, 1),
    costs: costs.slice(0, 1),
    machine: "",
    date: "",
  });
  expect(one).not.toMatch(/## MovieLens|NaN|undefined/);
});
