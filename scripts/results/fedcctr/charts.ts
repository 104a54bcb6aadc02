import type {
  UtilityPoint,
  UtilitySeries,
} from "../../../packages/cli/src/report/charts/utility-epsilon.ts";
import { curveChart } from "../../../packages/cli/src/report/charts/curves.ts";
import { DECAYS, EPSILON, EPSILONS, localName, NOISELESS, SWEPT_DECAYS } from "./promises.ts";
import { USERS } from "./runs.ts";
import { valueOf } from "./tables.ts";
import { TITLE } from "./variants.ts";
import { standalone, utilitySvg } from "../privacy/chart.ts";
import { epsilonOf } from "../privacy/part.ts";
import { MACRO } from "../compared.ts";
import type { ResultOf } from "../goals.ts";

/** Pictures of the page by file name. */
export function fedcctrCharts(
  resultOf: ResultOf,
  finished: ReadonlySet<string>,
): Record<string, string> {
  const users = usersIn(finished);
  return {
    ...(finished.has("promises") && {
      "fedcctr-epsilon.svg": epsilonChart(resultOf("promises"), resultOf("privacy")),
    }),
    ...(users.length > 1 && { "fedcctr-users.svg": usersChart(resultOf, users) }),
  };
}

/** Sizes of the synthetic world whose run is finished. */
export function usersIn(finished: ReadonlySet<string>): readonly number[] {
  return USERS.filter((users) => finished.has(`users-${users}`));
}

/** NDCG@10, mean of both domains, against epsilon by mode; titles alone release nothing. */
function epsilonChart(promises: ReturnType<ResultOf>, privacy: ReturnType<ResultOf>): string {
  const point = (
    name: string,
    result = promises,
    epsilon = epsilonOf(result, name),
  ): UtilityPoint => {
    const { mean, low, high } = valueOf(result, name, MACRO);
    return { name, epsilon, value: mean, low, high };
  };
  const ofUsers = (name: string, colour: number, points: UtilityPoint[]): UtilitySeries => ({
    name,
    colour,
    unit: "user",
    points,
  });
  return utilitySvg(
    [
      ofUsers(
        "central: the server adds the noise",
        1,
        EPSILONS.map((epsilon) => point(`central-${epsilon}`)),
      ),
      ofUsers("distributed: users add shares of it", 4, [point("distributed")]),
      ...SWEPT_DECAYS.map((decay, i) =>
        ofUsers(
          decay === 1
            ? "local, constant: every user adds all of it"
            : `local, decays by R = ${decay}`,
          i === 0 ? 2 : 6,
          EPSILONS.map((epsilon) =>
            point(localName(decay, epsilon), epsilon === EPSILON ? privacy : promises),
          ),
        ),
      ),
      { ...ofUsers("the same without noise", 3, [point(NOISELESS)]), unit: undefined },
      {
        ...ofUsers("titles alone: nothing is released", 5, [point(TITLE, promises, 0)]),
        unit: undefined,
      },
    ],
    "NDCG@10, mean of both domains",
  );
}

/** NDCG@10 against powers of ten of users of the synthetic world, by how local noise decays. */
function usersChart(resultOf: ResultOf, sizes: readonly number[]): string {
  const lines = [
    { name: "without noise", method: NOISELESS },
    ...DECAYS.map((decay) => ({
      name: decay === 1 ? "local, constant noise" : `local, noise decays by R = ${decay}`,
      method: localName(decay),
    })),
    { name: "titles alone", method: TITLE },
  ];
  const curves = lines.map(({ name, method }, i) => ({
    name,
    colour: 1 + i,
    strong: false,
    points: sizes.map(
      (users) =>
        [Math.log10(users), valueOf(resultOf(`users-${users}`), method, MACRO).mean] as const,
    ),
  }));
  return standalone(
    curves,
    curveChart(curves, "NDCG@10, mean of both domains, against the decimal logarithm of users", {
      from: Math.log10(Math.min(...sizes)),
    }),
  );
}
