import { resolve } from "node:path";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { epsilonText, renderCurves } from "../../report/index.ts";
import { sparkline } from "../../terminal/sparkline.ts";
import { table } from "../../terminal/table.ts";
import { createChecks } from "./numbers.ts";
import { scheduleOf, stopOf, type Schedule } from "./schedule-epsilons.ts";
import { epsilonInJson } from "./text.ts";
import type { ScheduleFlags } from "./schedule.ts";

/** Rounds that the table shows, and the last one. */
const SHOWN = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000];

const SPARKS = 60;

export async function action(context: AtollContext, flags: ScheduleFlags): Promise<void> {
  const { cap, ...settings } = read(flags);
  const schedule = scheduleOf(settings);
  const rows = rowsOf(schedule, cap);
  const notes = notesOf(schedule, cap);
  const head = headOf(settings);
  if (flags.html !== undefined)
    await writeAtomically(
      resolve(context.cwd, flags.html),
      renderCurves({
        eyebrow: head,
        title: `Epsilon round by round at delta ${settings.delta}`,
        curves: curvesOf(schedule),
        unit: "rounds",
        cap,
        table: rows,
        notes,
        source: "atoll privacy schedule",
      }),
    );
  const write = (text: string) => context.process.stdout.write(text);
  if (flags.json) {
    write(`${JSON.stringify(inJson(schedule, cap))}\n`);
    return;
  }
  const { epsilons } = schedule;
  const sparks = sparkline(
    epsilons.map(({ unamplified }) => unamplified),
    SPARKS,
  );
  write(
    `${[
      `${head}\ndelta ${settings.delta}, one unit added or removed, accountant ${settings.accountant}`,
      table(rows),
      `${sparks}  epsilon${schedule.sampled ? ", not amplified" : ""}, rounds 1 to ${epsilons.length}`,
      notes.join("\n"),
    ].join("\n\n")}\n`,
  );
}

function read(flags: ScheduleFlags) {
  const { number: checked, problem, done } = createChecks();
  const settings = {
    noiseMultiplier: checked(flags.noiseMultiplier, "noiseMultiplier", "--noise-multiplier"),
    decay: checked(flags.decay, "decay", "--decay"),
    leastNoise:
      flags.leastNoise === undefined ? 0 : checked(flags.leastNoise, "leastNoise", "--least-noise"),
    rounds: checked(flags.rounds, "rounds", "--rounds"),
    samplingRate: checked(flags.samplingRate, "samplingRate", "--sampling-rate"),
    delta: checked(flags.delta, "delta", "--delta"),
    accountant: flags.accountant,
    cap: flags.cap === undefined ? undefined : checked(flags.cap, "cap", "--cap"),
  };
  if (flags.accountant === "zcdp" && settings.samplingRate < 1)
    problem("--accountant zcdp knows no sampling; take rdp, or --sampling-rate 1");
  done();
  return settings;
}

function headOf({
  noiseMultiplier,
  decay,
  leastNoise,
  rounds,
  samplingRate: rate,
}: Omit<ReturnType<typeof read>, "cap">): string {
  return [
    `${rounds.toLocaleString("en-US")} rounds, noise multiplier ${noiseMultiplier}`,
    ...(decay < 1 ? [`times ${decay} each round`] : []),
    ...(leastNoise > 0 ? [`at least ${leastNoise}`] : []),
    rate < 1 ? `sampling rate ${rate}` : "no sampling",
  ].join(", ");
}

function rowsOf({ epsilons, sampled }: Schedule, cap: number | undefined): string[][] {
  const stops = [stopOf(epsilons, "epsilon", cap), stopOf(epsilons, "unamplified", cap)];
  const rounds = [...SHOWN, ...stops.flatMap((stop) => stop ?? []), epsilons.length];
  const shown = [...new Set(rounds)]
    .filter((round) => round >= 1 && round <= epsilons.length)
    .toSorted((a, b) => a - b);
  return [
    ["rounds", "last noise", "epsilon", ...(sampled ? ["not amplified"] : [])],
    ...shown.map((round) => {
      const { noiseMultiplier, epsilon, unamplified } = epsilons[round - 1]!;
      return [
        String(round),
        String(Number(noiseMultiplier.toPrecision(4))),
        epsilonText(epsilon),
        ...(sampled ? [epsilonText(unamplified)] : []),
      ];
    }),
  ];
}

function notesOf({ epsilons, sampled }: Schedule, cap: number | undefined): string[] {
  const stopped = (name: "epsilon" | "unamplified", what: string) => {
    const stop = stopOf(epsilons, name, cap);
    if (stop === undefined) return [];
    if (stop === epsilons.length) return [`Cap ${cap}${what}: all rounds fit.`];
    const next = epsilonText(epsilons[stop]![name]);
    return [
      stop === 0
        ? `Cap ${cap}${what}: not even one round fits, which costs ${next}.`
        : `Cap ${cap}${what}: stops after round ${stop}; one more would bring ${next}.`,
    ];
  };
  return [
    ...(sampled
      ? [
          ...stopped("epsilon", ", amplified"),
          ...stopped("unamplified", ", not amplified"),
          "Not amplified: against whoever sees who takes part, and what counts where each client adds its own noise (kind: local). Amplified holds only while sampling is Poisson and secret.",
        ]
      : stopped("epsilon", "")),
    "Every value is an upper bound, rounded up.",
  ];
}

function curvesOf({ epsilons, sampled }: Schedule) {
  const points = (name: "epsilon" | "unamplified") =>
    epsilons.map((entry, i) => [i + 1, entry[name]] as const);
  return [
    {
      name: sampled ? "amplified" : "epsilon",
      colour: 1,
      dashed: false,
      points: points("epsilon"),
    },
    ...(sampled
      ? [
          {
            name: "not amplified",
            colour: 1,
            dashed: true,
            points: points("unamplified"),
          },
        ]
      : []),
  ];
}

function inJson({ epsilons, sampled, ...settings }: Schedule, cap: number | undefined): unknown {
  return {
    ...settings,
    ...(cap !== undefined && {
      cap,
      stopsAfter: {
        epsilon: stopOf(epsilons, "epsilon", cap),
        ...(sampled && { unamplified: stopOf(epsilons, "unamplified", cap) }),
      },
    }),
    rounds: epsilons.map(({ noiseMultiplier, epsilon, unamplified }) => ({
      noiseMultiplier,
      epsilon: epsilonInJson(epsilon),
      ...(sampled && { unamplified: epsilonInJson(unamplified) }),
    })),
  };
}
