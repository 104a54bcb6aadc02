import { BLIND, DECAYS, EPSILON, localName, NOISELESS } from "./promises.ts";
import { ANCHOR, DOMAINS, NDCG, valueOf, type Domain } from "./tables.ts";
import { CENTRAL, FED, KNOWING, TITLE, TITLES } from "./variants.ts";
import { difference, need } from "../compared.ts";
import { type Goal, type ResultOf, lines } from "../goals.ts";

/** Least NDCG@10 that was set out to be reached, by domain. */
const PLAIN: Bounds = { food: 0.15, kitchen: 0.09 };
const WITH_REQUEST: Bounds = { food: 0.195, kitchen: 0.138 };
const PROMISED: Bounds = { food: 0.125, kitchen: 0.08 };
/** Of the centralised model, what federating has to keep. */
const KEPT = 0.9;

type Bounds = Readonly<Record<Domain, number>>;

const percent = (share: number) => `${(100 * share).toFixed(0)}%`;

/** Whether an interval, or its mean alone, lies at or above a bound, in the worst of the domains. */
function reached(
  values: readonly { readonly mean: number; readonly low: number }[],
  bounds: readonly number[],
): Goal["verdict"] {
  if (values.some(({ mean }, i) => mean < bounds[i]!)) return "not met";
  return values.some(({ low }, i) => low < bounds[i]!)
    ? "met by the mean, not by the interval"
    : "met";
}

function level(
  goal: string,
  result: ReturnType<ResultOf>,
  { method, bounds }: { readonly method: string; readonly bounds: Bounds },
): Goal {
  const values = DOMAINS.map((client) => valueOf(result, method, client));
  return {
    goal: `${goal}: ${method} at least ${DOMAINS.map((client) => bounds[client]).join(" / ")}`,
    measured: lines(
      values.map(
        ({ mean, low, high }, i) =>
          `${DOMAINS[i]} ${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}]`,
      ),
    ),
    verdict: reached(
      values,
      DOMAINS.map((client) => bounds[client]),
    ),
  };
}

/** NDCG@10 of one method over that of another, domain by domain. */
function shareOf(
  goal: string,
  [own, of]: readonly [
    readonly [result: ReturnType<ResultOf>, method: string],
    readonly [result: ReturnType<ResultOf>, method: string],
  ],
  least: number,
): Goal {
  const shares = DOMAINS.map(
    (client) => valueOf(...own, client).mean / valueOf(...of, client).mean,
  );
  return {
    goal,
    measured: shares.map((share, i) => `${DOMAINS[i]} ${percent(share)}`).join(", "),
    verdict: shares.every((share) => share >= least) ? "met" : "not met",
  };
}

function overAnchor(result: ReturnType<ResultOf>, method: string): Goal {
  const values = DOMAINS.map((client) => ({
    client,
    over: ANCHOR[client][NDCG]!,
    ...valueOf(result, method, client),
  }));
  const verdict = values.some(({ low, over }) => low > over)
    ? "met"
    : values.some(({ mean, over }) => mean > over)
      ? "met by the mean, not by the interval"
      : "not met";
  return {
    goal: `${method} over ABXI in one domain, interval above it`,
    measured: lines(
      values.map(
        ({ client, mean, low, high, over }) =>
          `${client} ${mean.toFixed(4)} [${low.toFixed(4)}, ${high.toFixed(4)}] against ${over}`,
      ),
    ),
    verdict,
  };
}

/** Not below: an interval that holds zero shows no difference, whichever side its mean is on. */
function notBelow(values: readonly { readonly low: number; readonly high: number }[]) {
  if (values.some(({ high }) => high < 0)) return "not met";
  return values.some(({ low }) => low < 0) ? "no clear difference" : "met";
}

/** What was set out to be reached, measured. */
export function fedcctrGoals(resultOf: ResultOf): Goal[] {
  const [main, privacy] = [resultOf("main"), resultOf("privacy")];
  const promised = `central-${EPSILON}`;
  const knowing = [CENTRAL, FED, `${FED}${TITLES}`].map((name) => `${name}${KNOWING}`);
  const compared = (method: string, against: string) =>
    DOMAINS.map((client) => need(privacy, method, against, client, NDCG));
  const said = (entries: ReturnType<typeof compared>) =>
    lines(entries.map((entry) => `${entry.client} ${difference(entry)}`));
  const overTitle = compared(localName(1), TITLE);
  return [
    level("without time and titles", main, { method: CENTRAL, bounds: PLAIN }),
    shareOf(
      `${FED} within 10% of ${CENTRAL}`,
      [
        [main, FED],
        [main, CENTRAL],
      ],
      KEPT,
    ),
    ...knowing.map((method) =>
      level("with time and titles", main, { method, bounds: WITH_REQUEST }),
    ),
    ...knowing.map((method) => overAnchor(main, method)),
    level(`users, central, epsilon ${EPSILON}`, privacy, { method: promised, bounds: PROMISED }),
    shareOf(
      `${promised} at least 60% of itself without noise`,
      [
        [privacy, promised],
        [privacy, NOISELESS],
      ],
      0.6,
    ),
    shareOf(
      `${promised} at least 80% of the centralised encoder that knows no time and no titles, without noise`,
      [
        [privacy, promised],
        [main, CENTRAL],
      ],
      0.8,
    ),
    shareOf(
      `${promised} at least 80% of its own encoder without time and similarity of titles, without noise`,
      [
        [privacy, promised],
        [privacy, BLIND],
      ],
      0.8,
    ),
    {
      goal: `users, local, epsilon ${EPSILON}: not below ${TITLE}, which costs nothing`,
      measured: said(overTitle),
      verdict: notBelow(overTitle),
    },
    ...DECAYS.slice(1).map((decay): Goal => {
      const entries = compared(localName(decay), localName(1));
      return {
        goal: `local noise that decays by R = ${decay} not below constant noise of the same cost`,
        measured: said(entries),
        verdict: notBelow(entries),
      };
    }),
  ];
}
