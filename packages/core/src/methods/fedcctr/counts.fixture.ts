import type { SplitClient } from "../../data/index.ts";
import type { ClientContext } from "../../federation/client-context.ts";
import { inProcess } from "../../federation/in-process.fixture.ts";
import { domainOfRows, type Row } from "../../population/tables.fixture.ts";
import { testServices, watchedLedger } from "../stages/privacy/services.fixture.ts";
import { privateSettings } from "../stages/privacy/run.fixture.ts";
import { emptyContext } from "../two-markets.fixture.ts";
import { clientsOf } from "./clients.ts";
import { configOf } from "./privacy/privacy.fixture.ts";
import { countsStage } from "./counts.ts";

const USERS = 12;

/** Twelve users in two domains, an event a day; `later`: held-out events are of other items, on other days. */
export function people({ later = false } = {}): readonly SplitClient[] {
  return ["food", "tools"].map((domain, d) =>
    domainOfRows(
      domain,
      Array.from({ length: USERS }, (_, u): Row[] => {
        const train = Array.from({ length: 2 + (u % 3) }, (_, e): Row => [
          `user-${u}`,
          `${domain}-${(u * 3 + e * (d + 1)) % 8}`,
          u + 4 * e,
          "train",
        ]);
        const [valid, test] = later ? [7, 6] : [5, 1];
        return [
          ...train,
          [`user-${u}`, `${domain}-${(u + valid) % 8}`, later ? 90 : 40, "valid"],
          [`user-${u}`, `${domain}-${(u + test) % 8}`, later ? 95 : 41, "test"],
        ];
      }).flat(),
    ),
  );
}

export interface CountsRun {
  readonly privacy?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly shards?: number;
  readonly splits?: readonly SplitClient[];
  /** Stops after the counts arrived, and after they were published, and goes on with fresh parties. */
  readonly interrupted?: boolean;
  readonly ledger?: ReturnType<typeof watchedLedger>;
}

export const histogram = { noiseMultiplier: 2, levels: [4, 1], days: [5, 2] };

/** Runs the stage alone, in-process. */
export async function runCounts({
  privacy = { kind: "none" },
  config: own = { histogram },
  shards = 1,
  splits = people(),
  interrupted = false,
  ledger = watchedLedger(),
}: CountsRun = {}) {
  const settings = privateSettings(privacy);
  const config = configOf({
    request: { recency: 1, windowsDays: [4, 20], windowWeights: [1, 1] },
    shards,
    ...own,
  });
  const stages = () => [
    countsStage(settings, config, { clientsOf: (context) => clientsOf(context, config) }),
  ];
  const servicesOf = (party: string) => testServices(party, { ledger: ledger.ledger });
  const contextsOf = (stores: readonly ClientContext["store"][] = []) =>
    Array.from({ length: shards }, (_, s): ClientContext => {
      const name = `sim-${s + 1}`;
      const { store, ...empty } = emptyContext(splits[0]!);
      return { ...empty, store: stores[s] ?? store, splits, name, privacy: servicesOf(name) };
    });
  let contexts = contextsOf();
  const { run, reopen, traffic } = inProcess({
    stages,
    contexts,
    privacy: servicesOf("server"),
  });
  if (interrupted)
    for (let round = 0; round < 2; round++) {
      await run(AbortSignal.abort());
      contexts = contextsOf(contexts.map(({ store }) => store));
      await reopen(contexts);
    }
  await run(new AbortController().signal);
  return {
    contexts,
    traffic: traffic.map(({ message }) => message),
    sent: traffic,
    stages,
    ledger,
    config,
  };
}

export type CountsOutcome = Awaited<ReturnType<typeof runCounts>>;

/** What every party reads of popularity: by item, on days 0 to 60. */
export function readIn({ contexts }: Pick<CountsOutcome, "contexts">): number[][] {
  return contexts.map(({ memory: { recency } }) =>
    Array.from({ length: 16 }, (_, item) =>
      Array.from({ length: 61 }, (_, day) => recency!.score(item, day)),
    ).flat(),
  );
}

/** The arrays of all messages of a kind. */
export function cellsIn({ traffic }: Pick<CountsOutcome, "traffic">, kind: "counted" | "publish") {
  return traffic
    .filter((message) => message.kind === kind)
    .map(({ arrays }) => arrays["cells"]!.data as Float64Array);
}
