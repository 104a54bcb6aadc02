import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { populationOf, TRAIN } from "@atoll/core/population";
import { cutsOff, fails, invalidUtf8, slow } from "../language-models/chat-replies.fixture.ts";
import { askAugmentations, inspectAugmentations, planAugmentations } from "./augment.ts";
import {
  answers,
  experiment,
  fedcctr,
  numbersOf,
  ofKind,
  openRuns,
  scriptedModel,
  type Runs,
} from "./augmented-runs.fixture.ts";
import { prepareClients } from "./prepare.ts";

let runs: Runs;
const model = scriptedModel();
beforeAll(async () => {
  runs = await openRuns();
});
afterEach(() => model.close());
afterAll(() => runs.close());

const quietly = () => ({
  experimentDirectory: runs.folder,
  signal: new AbortController().signal,
  onEvent: () => {},
});

describe("a run that asks a language model", () => {
  /** The numbers of a run that nothing disturbed. */
  let undisturbed: string;

  test("asks what was planned before it trains, and nothing the next time", async () => {
    const given = experiment(await model.asking());
    const [plan] = await planAugmentations(given, quietly());
    expect(model.received()).toHaveLength(0);
    const first = await runs.run(given);
    expect(plan!.calls).toBe(model.received().length);
    const { items, profiles, sequences } = plan!.stages;
    // Twelve users in two domains; ten items to a prompt.
    expect([profiles.prompts, sequences.prompts]).toEqual([12, 24]);
    expect(items.prompts).toBe(Math.ceil(plan!.items / 10));
    const [told] = ofKind(first.events, "augmented");
    expect(told).toMatchObject({ answered: plan!.calls, dropped: 0, missing: 0 });
    const order = first.events.map(({ kind }) => kind);
    expect(order.indexOf("augmented")).toBeLessThan(order.indexOf("cell-start"));
    undisturbed = await numbersOf(first.directory);

    const calls = model.received().length;
    const second = await runs.run(given);
    expect(model.received()).toHaveLength(calls);
    expect(ofKind(second.events, "augmented")).toEqual([]);
    expect(await numbersOf(second.directory)).toBe(undisturbed);
    const [again] = await planAugmentations(given, quietly());
    expect(again).toMatchObject({ calls: 0, promptTokens: 0, answerTokens: { most: 0 } });
    // What it says matters: without it, the numbers are others.
    const plain = await runs.run(experiment({ kind: "none" }));
    expect(await numbersOf(plain.directory)).not.toBe(undisturbed);
  });

  test("has the same numbers whatever the server did on the way, and however many calls were in flight", async () => {
    let seen = 0;
    const settings = await model.asking({ concurrency: 8 }, (received) => {
      seen += 1;
      // Each of these waits for up to a second before its next try.
      if (seen > 16) return answers(received);
      if (seen % 7 === 2) return fails(429, { headers: { "retry-after": "0" } });
      if (seen % 7 === 4) return cutsOff;
      // Once: the second answer of the same prompt is read.
      if (seen === 5 || seen === 16) return invalidUtf8;
      return slow(20, answers(received));
    });
    const disturbed = await runs.run(experiment(settings));
    expect(ofKind(disturbed.events, "augmented")[0]).toMatchObject({ dropped: 0, missing: 0 });
    expect(seen).toBeGreaterThan(ofKind(disturbed.events, "augmented")[0]!.answered);
    expect(model.mostAtOnce()).toBeGreaterThan(1);
    expect(await numbersOf(disturbed.directory)).toBe(undisturbed);
  });

  test("stopped while it asks and resumed, it asks for what is left, and has the same numbers", async () => {
    const settings = await model.asking({ concurrency: 1 });
    const asks = new AbortController();
    const stopped = await runs.run(experiment(settings), {
      signal: asks.signal,
      onEvent: (event) => {
        if (event.kind === "augmenting") asks.abort();
      },
    });
    expect(stopped.outcome.kind).toBe("stopped");
    expect(ofKind(stopped.events, "cell-start")).toEqual([]);
    const answered = model.received().length;
    const resumed = await runs.resume(stopped.directory);
    expect(await numbersOf(resumed.directory)).toBe(undisturbed);
    const { calls } = ofKind(resumed.events, "augmented")[0]!.spent;
    // One call was in flight at most.
    expect(model.received()).toHaveLength(answered + calls);
    const distinct = new Set(model.received().map(({ body }) => JSON.stringify(body.messages)));
    expect(model.received().length - distinct.size).toBeLessThanOrEqual(1);
  });

  test("tells the server of no user what that user holds out", async () => {
    const given = experiment(await model.asking({ stages: ["profiles", "sequences"] }));
    await askAugmentations(given, quietly());
    const splits = await prepareClients(given, runs.folder, () => {}, quietly().signal);
    const population = populationOf(splits.get(1)!);
    const { itemText, starts, item, part } = population;
    const titles = itemText!.map((title) => JSON.stringify(title));
    // Titles that say which item is meant.
    expect(new Set(titles.filter((title) => title !== '""')).size).toBe(
      titles.filter((title) => title !== '""').length,
    );
    const prompts = model.received().map(({ body }) => body.messages.at(-1)!.content);
    const found = population.userIds.map((_, user) => {
      const events = [...item.subarray(starts[user], starts[user + 1])];
      const isTraining = (_one: number, i: number) => part[starts[user]! + i] === TRAIN;
      const known = events.filter((one, i) => isTraining(one, i));
      const held = events.filter((one, i) => !isTraining(one, i));
      expect(held.length).toBeGreaterThan(0);
      const own = prompts.filter((prompt) => {
        const [history] = prompt.split("\nCandidates:\n");
        const told = titles.flatMap((title, one) => (history!.includes(title) ? [one] : []));
        return told.length === new Set(known).size && told.every((one) => known.includes(one));
      });
      for (const prompt of own) for (const one of held) expect(prompt).not.toContain(titles[one]!);
      return own.length;
    });
    // A profile, and a pick in each of two domains.
    expect(found).toEqual(Array(12).fill(3));
    expect(prompts).toHaveLength(36);
  });

  test("several methods and seeds of one job ask once, other jobs share what is equal", async () => {
    const settings = await model.asking();
    const given = experiment(settings, {
      seeds: [1, 2],
      methods: [
        fedcctr,
        { ...fedcctr, name: "same" },
        { ...fedcctr, name: "items", augmentation: { ...settings, stages: ["items"] } },
        { kind: "fedcctr", name: "none", augmentation: { kind: "none" } },
      ],
    });
    const plans = await planAugmentations(given, quietly());
    expect(plans.map(({ methods }) => methods)).toEqual([["fedcctr", "same", "items"]]);
    const [plan] = plans;
    const [asked] = await askAugmentations(given, quietly());
    expect(asked).toMatchObject({ answered: plan!.calls, missing: 0 });
    expect(model.received()).toHaveLength(plan!.calls);
    const distinct = new Set(model.received().map(({ body }) => JSON.stringify(body.messages)));
    expect(distinct.size).toBe(plan!.calls);
    // Inspected: two different jobs.
    const found = await inspectAugmentations(given, { ...quietly(), examples: 1 });
    expect(found.map(({ methods, stages }) => [methods, stages.length])).toEqual([
      [["fedcctr", "same"], 3],
      [["items"], 1],
    ]);
    expect(found[0]).toMatchObject({ acceptance: 1, users: 12, kind: "openai-compatible" });
    expect(found[1]!.meanLength.after).toBe(found[1]!.meanLength.before);
  });
});
