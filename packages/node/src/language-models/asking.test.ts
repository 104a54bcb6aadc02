import { CompletionError } from "@atoll/core/augmentation";
import { AtollError } from "@atoll/core/errors";
import { expect, test } from "vitest";
import { again, parseYes, promptOf, scripted } from "./asking.fixture.ts";
import { answerKey } from "./key.ts";

const unreadable = (usage?: CompletionError["usage"]) =>
  new CompletionError("unreadable", "no completion", { usage });
const paid = { promptTokens: 10, completionTokens: 5 };

test("an answer is stored before it is told, and nobody is asked for it again", async () => {
  const { model, store, calls, settings, events } = scripted({}, () => "yes");
  const prompt = promptOf("a");
  expect(await model.ask(prompt, parseYes)).toBe("yes");
  const key = answerKey(settings, { model: "m", prompt });
  expect([...store.answers]).toEqual([[key, { kind: "answered", text: "yes" }]]);
  expect(await model.ask(prompt, parseYes)).toBe("yes");
  expect(calls).toHaveLength(1);
  expect(events).toEqual([{ kind: "answered", stage: "sequences" }]);
  expect(model.spent()).toEqual({ calls: 1, promptTokens: 10, answerTokens: 5, money: 0 });
  expect(model.tally().sequences).toEqual({ answered: 1, dropped: {}, missing: 0 });
});

test("an answer that is not accepted is asked for once more with another seed", async () => {
  const { model, calls, events } = scripted({ seed: 5 }, ({ index }) =>
    index === 0 ? "no" : "yes",
  );
  expect(await model.ask(promptOf("a"), parseYes)).toBe("yes");
  expect(calls.map(({ seed }) => seed)).toEqual([5, 6]);
  expect(events).toEqual([
    { kind: "rejected", stage: "sequences", reason: "not yes", dropped: false },
    { kind: "answered", stage: "sequences" },
  ]);
});

test("a second answer that is not accepted is the last", async () => {
  const { model, calls, store } = scripted({}, () => "no");
  expect(await model.ask(promptOf("a"), parseYes)).toBeUndefined();
  expect(await model.ask(promptOf("a"), parseYes)).toBeUndefined();
  expect(calls).toHaveLength(2);
  expect([...store.answers.values()]).toEqual([{ kind: "dropped", reason: "not yes" }]);
  expect(model.tally().sequences).toEqual({ answered: 0, dropped: { "not yes": 1 }, missing: 0 });
});

test("a first answer that was not accepted counts after a restart", async () => {
  const { model, calls, store, settings } = scripted({}, () => "no");
  const key = answerKey(settings, { model: "m", prompt: promptOf("a") });
  store.put(key, { kind: "rejected", reason: "not yes" });
  expect(await model.ask(promptOf("a"), parseYes)).toBeUndefined();
  expect(calls.map(({ seed }) => seed)).toEqual([settings.seed + 1]);
  expect(store.get(key)).toEqual({ kind: "dropped", reason: "not yes" });
});

test("what cannot be read is an answer that is not accepted, and has been paid for", async () => {
  const { model } = scripted({ maxTokens: 40 }, ({ index }) => {
    if (index < 2) throw unreadable(index === 0 ? paid : undefined);
    return "yes";
  });
  expect(await model.ask(promptOf("a"), parseYes)).toBeUndefined();
  expect(model.tally().sequences.dropped).toEqual({ "no completion": 1 });
  // The second time nobody said what it took: the most that it may.
  expect(model.spent()).toMatchObject({ calls: 2, answerTokens: 5 + 40 });
});

test("an answer that was stored and is read more strictly today is dropped", async () => {
  const { model, store, settings, calls } = scripted({}, () => "yes");
  const key = answerKey(settings, { model: "m", prompt: promptOf("a") });
  store.put(key, { kind: "answered", text: "no" });
  expect(await model.ask(promptOf("a"), parseYes)).toBeUndefined();
  expect(model.tally().sequences.dropped).toEqual({ "not yes": 1 });
  expect(calls).toHaveLength(0);
});

test("equal prompts in flight share a call and are counted once; others have their own", async () => {
  const { model, calls, clock } = scripted({ concurrency: 8 }, () => "yes");
  const all = ["a", "b", "a", "a", "b"].map((text) => model.ask(promptOf(text), parseYes));
  expect(await clock.until(Promise.all(all))).toEqual(Array(5).fill("yes"));
  expect(calls.map(({ text }) => text)).toEqual(["a", "b"]);
  expect(model.tally().sequences.answered).toBe(2);
});

test("no more calls are in flight than may be", async () => {
  let inFlight = 0;
  let most = 0;
  const { model, clock } = scripted({ concurrency: 3 }, async ({ signal }) => {
    most = Math.max(most, ++inFlight);
    await clock.sleep(100, signal);
    inFlight--;
    return "yes";
  });
  const all = Array.from({ length: 10 }, (_, i) => model.ask(promptOf(String(i)), parseYes));
  await clock.until(Promise.all(all));
  expect(most).toBe(3);
  expect(clock.now()).toBe(400);
});

test("calls that fail are made again with the same seed, after pauses that double or as long as the server asks", async () => {
  const { model, calls, clock, events } = scripted({}, ({ index }) => {
    if (index < 4) throw again(index === 2 ? 7000 : undefined);
    return "yes";
  });
  expect(await clock.until(model.ask(promptOf("a"), parseYes))).toBe("yes");
  // Half of 1, 2, 4 and 8 seconds, by the random number of the fixture; 7 more before the fourth.
  expect(calls.map(({ at }) => at)).toEqual([0, 500, 1500, 10_500, 14_500]);
  expect(new Set(calls.map(({ seed }) => seed)).size).toBe(1);
  expect(events.map((event) => event.kind)).toEqual([...Array(4).fill("retry"), "answered"]);
  expect(model.spent()).toMatchObject({ calls: 5, promptTokens: 10 });
});

test("a wait that the server asks for is one for all calls", async () => {
  const { model, calls, clock } = scripted({ concurrency: 2 }, ({ index }) => {
    if (index === 0) throw again(5000);
    return "yes";
  });
  const { signal } = new AbortController();
  const ask = (text: string) => model.ask(promptOf(text), parseYes);
  await clock.until(Promise.all([ask("a"), clock.sleep(1, signal).then(() => ask("b"))]));
  expect(calls.map(({ text, at }) => [text, at])).toEqual([
    ["a", 0],
    ["b", 5000],
    ["a", 5500],
  ]);
});

test("a prompt that the server never answers, while it answers others, is left for the next run", async () => {
  const { model, clock, events, store } = scripted({ retries: 2 }, ({ text }) => {
    if (text === "bad") throw again();
    return "yes";
  });
  await model.ask(promptOf("a"), parseYes);
  expect(await clock.until(model.ask(promptOf("bad"), parseYes))).toBeUndefined();
  expect(await model.ask(promptOf("b"), parseYes)).toBe("yes");
  expect(events.filter(({ kind }) => kind === "failed")).toHaveLength(1);
  expect(model.tally().sequences).toEqual({ answered: 2, dropped: {}, missing: 1 });
  expect(store.answers.size).toBe(2);
});

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => "none",
    (error: unknown) => (error instanceof AtollError ? error.code : String(error)),
  );

test("a server that never answers anything stops the run after its tries, one that fell silent after three prompts", async () => {
  const silent = scripted({ retries: 2 }, () => {
    throw again();
  });
  const work = silent.model.ask(promptOf("a"), parseYes);
  await expect(silent.clock.until(work)).rejects.toThrow(/127\.0\.0\.1:1 .*503.*3 tries/);
  expect(silent.calls).toHaveLength(3);

  const fallen = scripted({ retries: 0, concurrency: 1 }, ({ index }) => {
    if (index > 0) throw again();
    return "yes";
  });
  const codes: string[] = [];
  for (const text of ["a", "b", "c", "d", "e"])
    codes.push(await codeOf(fallen.model.ask(promptOf(text), parseYes)));
  expect(codes).toEqual(["none", "none", "none", "AUGMENTATION_SERVER", "AUGMENTATION_SERVER"]);
  expect(fallen.calls).toHaveLength(4);
});

test("a server that asks to wait for hours is not waited for", async () => {
  const { model } = scripted({}, () => {
    throw again(3 * 3_600_000);
  });
  await expect(model.ask(promptOf("a"), parseYes)).rejects.toThrow(/180 minutes/);
});

test("a server that only sends what is no completion stops the run, and no prompt is dropped for it", async () => {
  const { model, calls, store } = scripted({ concurrency: 1 }, () => {
    throw unreadable();
  });
  const codes: string[] = [];
  for (let i = 0; i < 11; i++) codes.push(await codeOf(model.ask(promptOf(String(i)), parseYes)));
  expect(codes.slice(8)).toEqual(["none", "AUGMENTATION_SERVER", "AUGMENTATION_SERVER"]);
  expect(calls).toHaveLength(20);
  expect(store.answers.size).toBe(0);
});

test("once a completion came, those before it that were none are dropped", async () => {
  const { model, store } = scripted({ concurrency: 1 }, ({ text }) => {
    if (text === "bad") throw unreadable();
    return "yes";
  });
  await model.ask(promptOf("bad"), parseYes);
  expect(store.answers.size).toBe(0);
  await model.ask(promptOf("good"), parseYes);
  expect([...store.answers.values()].map(({ kind }) => kind).toSorted()).toEqual([
    "answered",
    "dropped",
  ]);
});
