import { resolve } from "node:path";
import type { Uses } from "@atoll/core/privacy";
import { writeAtomically } from "@atoll/node/runs";
import type { AtollContext } from "../../context.ts";
import { renderCurves } from "../../report/index.ts";
import { table } from "../../terminal/table.ts";
import { accountTable, answerNotes } from "./account-table.ts";
import { curvesOfSteps } from "./curves-of-steps.ts";
import { createChecks } from "./numbers.ts";
import { accountantNames } from "./accountant-names.ts";
import { answerInJson, sideBySide } from "./side-by-side.ts";
import { gaussianUses, stepsOf } from "./steps.ts";
import { usesText } from "./text.ts";
import type { EpsilonFlags } from "./epsilon.ts";

export async function action(context: AtollContext, flags: EpsilonFlags): Promise<void> {
  const { uses, delta: atDelta } = read(flags);
  const names = flags.accountant === undefined ? accountantNames : [flags.accountant];
  const accounts = sideBySide(uses, { delta: atDelta, names });
  const rows = accountTable(accounts);
  const notes = [
    ...answerNotes(accounts),
    "Unit: what the noise multiplier is relative to, added or removed. Every value is an upper bound, rounded up.",
  ];
  if (flags.html !== undefined)
    await writeAtomically(
      resolve(context.cwd, flags.html),
      renderCurves({
        eyebrow: uses.map(usesText).join("; "),
        title: `Epsilon at delta ${atDelta}`,
        curves: curvesOfSteps(uses, { delta: atDelta, names }),
        unit: "steps",
        table: rows,
        notes,
        source: "atoll privacy epsilon",
      }),
    );
  const write = (text: string) => context.process.stdout.write(text);
  if (flags.json) {
    const answers = accounts.map(({ name, epsilon, unamplified }) => [
      name,
      {
        epsilon: answerInJson(epsilon),
        ...(unamplified && { unamplified: answerInJson(unamplified) }),
      },
    ]);
    const accountants: unknown = Object.fromEntries(answers);
    write(`${JSON.stringify({ delta: atDelta, adjacency: "add-remove", uses, accountants })}\n`);
    return;
  }
  const head = [...uses.map(usesText), `delta ${atDelta}, one unit added or removed`];
  write(`${[head.join("\n"), table(rows), notes.join("\n")].join("\n\n")}\n`);
}

function read(flags: EpsilonFlags): { readonly uses: readonly Uses[]; readonly delta: number } {
  const checks = createChecks();
  const uses: Uses[] = [];
  if (flags.noiseMultiplier !== undefined)
    uses.push(
      gaussianUses({
        samplingRate: checks.number(flags.samplingRate, "samplingRate", "--sampling-rate"),
        noiseMultiplier: checks.number(
          flags.noiseMultiplier,
          "noiseMultiplier",
          "--noise-multiplier",
        ),
        steps: checks.number(flags.steps, "steps", "--steps"),
      }),
    );
  for (const text of flags.step ?? []) uses.push(stepsOf(text, checks));
  if (uses.length === 0) checks.problem("give --noise-multiplier, or --step z=Z,...");
  const atDelta = checks.number(flags.delta, "delta", "--delta");
  checks.done();
  return { uses, delta: atDelta };
}
