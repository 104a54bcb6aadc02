import {
  accountants,
  largestCount,
  noiseMultiplierFor,
  type AccountantName,
  type Uses,
} from "@atoll/core/privacy";
import type { AtollContext } from "../../context.ts";
import { epsilonText } from "../../report/index.ts";
import { table } from "../../terminal/table.ts";
import { answerNotes, answerText } from "./account-table.ts";
import { createChecks } from "./numbers.ts";
import { accountantNames } from "./accountant-names.ts";
import { answerInJson, sideBySide, type Account } from "./side-by-side.ts";
import { gaussianUses } from "./steps.ts";
import { counted } from "./text.ts";
import type { CalibrateFlags } from "./calibrate.ts";

type Asked = {
  readonly epsilon: number;
  readonly delta: number;
  readonly samplingRate: number;
} & (
  | { readonly given: "steps"; readonly steps: number }
  | { readonly given: "noiseMultiplier"; readonly noiseMultiplier: number }
);

interface Calibrated {
  readonly name: AccountantName;
  readonly noiseMultiplier: number;
  /** 0 where even one costs too much, Infinity where nothing is spent. */
  readonly steps: number;
  /** What the found noise, or the found number of steps, costs. */
  readonly account: Account;
}

export async function action(context: AtollContext, flags: CalibrateFlags): Promise<void> {
  const asked = read(flags);
  const names = flags.accountant === undefined ? accountantNames : [flags.accountant];
  const found = names.map((name) => calibrated(name, asked));
  const write = (text: string) => context.process.stdout.write(text);
  if (flags.json) {
    const { given: _, ...numbers } = asked;
    const answers: unknown = Object.fromEntries(found.map((one) => [one.name, inJson(one)]));
    write(`${JSON.stringify({ ...numbers, accountants: answers })}\n`);
    return;
  }
  const { epsilon, samplingRate: rate } = asked;
  const sampling = rate === 1 ? "no sampling" : `sampling rate ${rate}`;
  const head =
    asked.given === "steps"
      ? `The least noise for ${counted(asked.steps, "step")}, ${sampling}`
      : `The most steps with noise multiplier ${asked.noiseMultiplier}, ${sampling}`;
  write(
    `${[
      `${head}\nepsilon at most ${epsilon} at delta ${asked.delta}, one unit added or removed`,
      table(rowsOf(found, asked)),
      [
        ...answerNotes(found.map(({ account }) => account)),
        "Noise and epsilon are rounded up.",
      ].join("\n"),
    ].join("\n\n")}\n`,
  );
}

function read(flags: CalibrateFlags): Asked {
  const { number: checked, problem, done } = createChecks();
  const epsilon = checked(flags.epsilon, "epsilon", "--epsilon");
  const atDelta = checked(flags.delta, "delta", "--delta");
  const rate = checked(flags.samplingRate, "samplingRate", "--sampling-rate");
  if ((flags.steps === undefined) === (flags.noiseMultiplier === undefined))
    problem("give either --steps, for the least noise, or --noise-multiplier, for the most steps");
  const steps = flags.steps === undefined ? 0 : checked(flags.steps, "steps", "--steps");
  const noiseMultiplier =
    flags.noiseMultiplier === undefined
      ? 0
      : checked(flags.noiseMultiplier, "noiseMultiplier", "--noise-multiplier");
  done();
  const common = { epsilon, delta: atDelta, samplingRate: rate };
  return flags.steps === undefined
    ? { ...common, given: "noiseMultiplier", noiseMultiplier }
    : { ...common, given: "steps", steps };
}

function calibrated(name: AccountantName, asked: Asked): Calibrated {
  const { epsilon, delta: atDelta, samplingRate: rate } = asked;
  const usesOf = (noiseMultiplier: number, steps: number): Uses[] => [
    gaussianUses({ samplingRate: rate, noiseMultiplier, steps }),
  ];
  const costing = (noiseMultiplier: number, steps: number): Calibrated => {
    const uses = steps > 0 && steps < Infinity ? usesOf(noiseMultiplier, steps) : [];
    const [account] = sideBySide(uses, { delta: atDelta, names: [name] });
    return { name, noiseMultiplier, steps, account: account! };
  };
  const budget = { accountant: accountants[name], epsilon, delta: atDelta };
  // What an accountant refuses, it refuses at any noise and any number.
  const refused = accountants[name].refuses?.(usesOf(1, 1)) !== undefined;
  switch (asked.given) {
    case "steps": {
      const uses = (noise: number) => usesOf(noise, asked.steps);
      return costing(refused ? 1 : noiseMultiplierFor({ ...budget, uses }), asked.steps);
    }
    case "noiseMultiplier": {
      const uses = (steps: number) => usesOf(asked.noiseMultiplier, steps);
      return costing(asked.noiseMultiplier, refused ? 1 : largestCount({ ...budget, uses }));
    }
  }
}

function rowsOf(found: readonly Calibrated[], { given }: Asked): string[][] {
  const sampled = found.some(({ account }) => account.unamplified !== undefined);
  return [
    [
      "accountant",
      given === "steps" ? "noise multiplier" : "steps",
      "epsilon",
      ...(sampled ? ["not amplified"] : []),
    ],
    ...found.map(({ name, noiseMultiplier, steps, account: { epsilon, unamplified } }) => [
      name,
      epsilon.kind === "refused"
        ? "-"
        : given === "steps"
          ? epsilonText(noiseMultiplier)
          : steps.toLocaleString("en-US"),
      answerText(epsilon),
      ...(sampled && epsilon.kind === "epsilon" ? [answerText(unamplified ?? epsilon)] : []),
    ]),
  ];
}

function inJson({
  noiseMultiplier,
  steps,
  account: { epsilon, unamplified },
}: Calibrated): unknown {
  if (epsilon.kind === "refused") return { refused: epsilon.why };
  return {
    noiseMultiplier,
    steps: Number.isFinite(steps) ? steps : "infinity",
    epsilon: answerInJson(epsilon),
    ...(unamplified && { unamplified: answerInJson(unamplified) }),
  };
}
