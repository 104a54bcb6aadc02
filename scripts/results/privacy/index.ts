import { experimentSchema } from "@atoll/node/experiment";
import type { Finished, Page } from "../page.ts";
import { measuredSchema, measureSides } from "./measure.ts";
import { privacyCharts, privacyPage } from "./page.ts";
import type { Part } from "./part.ts";
import { planOfUnits, sharedTrainings } from "./plan.ts";
import { onlyClient } from "./sides.ts";

/** Models that are attacked. */
const AUDITED = ["none", "epsilon-10", "epsilon-3", "epsilon-1", "epsilon-0.3"];

export const privacy: Page = {
  name: "privacy",
  runs: [
    ...(
      [
        ["criteo", AUDITED],
        ["movielens", AUDITED],
        ["movielens-users", []],
      ] as const
    ).map(([name, audited]) => ({
      name,
      example: `privacy/${name}`,
      measure: (run: Parameters<typeof measureSides>[0]) => measureSides(run, audited),
    })),
    { name: "trust", example: "privacy/trust" },
  ],
  files: (finished) => {
    const page = {
      criteo: partOf(finished, "criteo", { title: "Criteo, rows", without: "none" }),
      movielens: partOf(finished, "movielens", { title: "MovieLens, ratings", without: "none" }),
      users: partOf(finished, "movielens-users", {
        title: "MovieLens, users",
        without: "no-noise",
      }),
      trust: finished.resultOf("trust"),
      machine: finished.machine,
      date: finished.date,
    };
    return { ...privacyCharts(page), "privacy.md": privacyPage(page) };
  },
};

function partOf(
  { resultOf, measuredOf }: Finished,
  name: string,
  texts: Pick<Part, "title" | "without">,
): Part {
  const result = resultOf(name);
  const experiment = experimentSchema.parse(result.experiment);
  const { ours, theirs, audit } = measuredSchema.parse(measuredOf(name));
  const client = onlyClient(experiment);
  const { train, users } = result.clients[client]!;
  const plans = sharedTrainings(experiment).flatMap((training) => {
    const { method, privacy: promise } = training;
    if (promise === undefined) return [];
    const units = promise.unit === "user" ? users : train;
    return [[method, planOfUnits(training, promise, units)] as const];
  });
  return { ...texts, client, experiment, result, ours, theirs, plans: new Map(plans), audit };
}
