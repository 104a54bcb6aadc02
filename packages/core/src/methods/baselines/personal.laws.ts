import { expect, test } from "vitest";
import type { MethodSettings } from "../types.ts";
import { runMethod, settings, type EntryInput } from "./run.fixture.ts";

/** What holds of every method of several rounds. */
export function lawsOfRounds(input: EntryInput, own: MethodSettings = settings): void {
  test("a run that stops and goes on gives the same models, bit by bit", async () => {
    const { trained, scores } = await runMethod(input, { own });
    const again = await runMethod(input, { own, interrupted: true });
    expect(again.trained).toEqual(trained);
    expect(again.scores).toEqual(scores);
  });

  test("the order in which clients are connected changes nothing, bit by bit", async () => {
    const { trained } = await runMethod(input, { own });
    expect((await runMethod(input, { own, reversed: true })).trained).toEqual(trained);
  });
}
