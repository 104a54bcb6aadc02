import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { languageModelAugmenter, type Augmenter } from "@atoll/core/augmentation";
import { streamOf, uniformBelow } from "@atoll/core/random";
import { afterAll, expect, test } from "vitest";
import { parseYes, promptOf, settingsOf } from "./asking.fixture.ts";
import { askingModel } from "./asking.ts";
import {
  answers,
  cutsOff,
  echoes,
  fails,
  hangs,
  invalidUtf8,
  says,
  slow,
  streamed,
  truncatedJson,
} from "./chat-replies.fixture.ts";
import { startChatServer, type Received, type Reply } from "./chat-server.fixture.ts";
import { systemClock } from "./clock.ts";
import { countingModel } from "./counting.ts";
import { readingModel } from "./reading.ts";
import { serverCompleter } from "./server.ts";
import { openAnswers } from "./store.ts";
import { readTemplates } from "./templates.ts";

const KEY = "sk-very-secret";
const folder = mkdtempSync(join(tmpdir(), "atoll-asking-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("through a server with every fault, each prompt is answered or dropped, and the key stays out of all that is kept", async () => {
  const answer = slow(10, says("yes"));
  const faults: readonly Reply[] = [
    fails(429, { message: `no more for ${KEY}`, headers: { "retry-after": "0" } }),
    fails(500),
    fails(503),
    cutsOff,
    hangs,
    truncatedJson,
    invalidUtf8,
    streamed,
    echoes,
    says("no"),
  ];
  const random = streamOf(1, "faults");
  const server = await startChatServer(({ index }) =>
    index > 0 && uniformBelow(random, 2) === 0
      ? faults[uniformBelow(random, faults.length)]!
      : answer,
  );
  const path = join(folder, "faults.sqlite");
  const settings = settingsOf({
    baseUrl: server.baseUrl,
    concurrency: 8,
    timeoutSeconds: 0.25,
    retries: 30,
  });
  const store = openAnswers(path);
  const events: unknown[] = [];
  const model = askingModel(settings, {
    store,
    completer: serverCompleter(settings, { apiKey: KEY }),
    model: "m",
    clock: systemClock,
    random: () => 0,
    signal: new AbortController().signal,
    onEvent: (event) => events.push(event),
  });
  const prompts = Array.from({ length: 60 }, (_, i) => promptOf(`question ${i}`));
  const told = await Promise.all(prompts.map((prompt) => model.ask(prompt, parseYes)));
  const { answered, dropped, missing } = model.tally().sequences;
  const numDropped = Object.values(dropped).reduce((a, b) => a + b, 0);
  expect(answered).toBe(told.filter((text) => text === "yes").length);
  expect([answered + numDropped, missing]).toEqual([60, 0]);
  expect(numDropped).toBeGreaterThan(0);
  // A call that loses its patience may never arrive.
  expect(server.received.length).toBeLessThanOrEqual(model.spent().calls);
  expect(server.mostAtOnce()).toBeLessThanOrEqual(8);
  expect(server.received.every(({ headers }) => headers.authorization === `Bearer ${KEY}`)).toBe(
    true,
  );

  const again = readingModel(settings, { store, model: "m" });
  expect(await Promise.all(prompts.map((prompt) => again.ask(prompt, parseYes)))).toEqual(told);
  expect(again.tally()).toEqual(model.tally());
  store.close();
  expect(JSON.stringify(events)).toContain("no more for ***");
  expect(JSON.stringify(events)).not.toContain(KEY);
  for (const file of readdirSync(folder))
    expect(readFileSync(join(folder, file), "latin1")).not.toContain(KEY);
  await server.close();
});

/** Four foods and four tools. */
const population = {
  domains: ["food", "kitchen"],
  itemStarts: Int32Array.of(0, 4, 8),
  itemText: ["Rye Flour", "Yeast", "Oats", "Honey", "Loaf Pan", "Scale", "Whisk", "Jar"],
} as unknown as Parameters<typeof languageModelAugmenter>[0]["population"];

test("a plan, a run and a reading see the same prompts, and the model behind the server answers all stages", async () => {
  const server = await startChatServer(() => answers);
  const settings = settingsOf({ baseUrl: server.baseUrl, itemsPerPrompt: 3 });
  const store = openAnswers(join(folder, "stages.sqlite"));
  const name = { store, model: "m" };
  const templates = readTemplates(undefined);
  const use = (model: Parameters<typeof languageModelAugmenter>[0]["model"]) =>
    stages(languageModelAugmenter({ settings, templates, model, population }));

  const plan = countingModel(settings, name);
  await use(plan);
  const counts = Object.values(plan.plan()).map(({ prompts, cached }) => [prompts, cached]);
  expect(counts).toEqual([
    [3, 0],
    [1, 0],
    [2, 0],
  ]);
  expect(server.received).toHaveLength(0);

  const asking = askingModel(settings, {
    ...name,
    completer: serverCompleter(settings, { apiKey: undefined }),
    clock: systemClock,
    random: () => 0,
    signal: new AbortController().signal,
  });
  const asked = await use(asking);
  expect(server.received).toHaveLength(6);
  expect(asked.words).toHaveLength(8);
  expect(asked.words.every((words) => words?.startsWith("category: "))).toBe(true);
  expect(asked.profile).toMatch(/^interests: /);
  for (const { liked, disliked } of asked.picks)
    expect([liked.length, disliked.length]).toEqual([2, 1]);

  expect(await use(readingModel(settings, name))).toEqual(asked);
  expect(await use(asking)).toEqual(asked);
  expect(server.received).toHaveLength(6);
  expect(estimates(server.received, plan.plan())).toBe(true);
  store.close();
  await server.close();
});

async function stages(augmenter: Augmenter) {
  const history = { user: 0, items: [0, 4], ages: [3, 0] };
  return {
    words: await augmenter.describe([0, 1, 2, 3, 4, 5, 6, 7]),
    profile: await augmenter.profile(history),
    picks: [
      await augmenter.pick({ history, domain: 0, candidates: [1, 2, 3] }),
      await augmenter.pick({ history, domain: 1, candidates: [5, 6, 7] }),
    ],
  };
}

/** Whether the plan's tokens are no fewer than a token for four bytes, by which the server counts. */
function estimates(
  received: readonly Received[],
  plan: ReturnType<ReturnType<typeof countingModel>["plan"]>,
): boolean {
  const bytes = received.flatMap(({ body }) =>
    body.messages.map(({ content }) => Buffer.byteLength(content)),
  );
  const tokens = bytes.reduce((a, b) => a + b, 0) / 4;
  const planned = Object.values(plan).reduce((sum, { promptTokens }) => sum + promptTokens, 0);
  return planned >= tokens && planned < 2 * tokens;
}
