import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { fails, says } from "../language-models/chat-replies.fixture.ts";
import { askAugmentations, inspectAugmentations, planAugmentations } from "./augment.ts";
import {
  answers,
  experiment,
  fedcctr,
  ofKind,
  openRuns,
  scriptedModel,
  type Runs,
} from "./augmented-runs.fixture.ts";
import type { RunEvent } from "./events.ts";

let runs: Runs;
const model = scriptedModel();
beforeAll(async () => {
  runs = await openRuns();
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await model.close();
});
afterAll(() => runs.close());

const quietly = () => ({
  experimentDirectory: runs.folder,
  signal: new AbortController().signal,
  onEvent: () => {},
});

/** Every file below a folder. */
async function filesOf(folder: string): Promise<readonly { name: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async ({ parentPath, name }) => ({
        name,
        bytes: await readFile(join(parentPath, name)),
      })),
  );
}

describe("where answers are missing", () => {
  test("a spent budget stops a run before it trains, unless it may go on; then it stays so", async () => {
    const settings = await model.asking({ budget: { calls: 9 } });
    await expect(runs.run(experiment(settings))).rejects.toMatchObject({
      code: "AUGMENTATION_BUDGET",
    });
    expect(model.received()).toHaveLength(9);
    const partial = await runs.run(experiment({ ...settings, partial: true }));
    expect(model.received()).toHaveLength(18);
    const [plan] = await planAugmentations(experiment(settings), quietly());
    expect(ofKind(partial.events, "augmented")[0]).toMatchObject({
      answered: 9,
      missing: plan!.calls,
    });
    expect(partial.outcome.kind).toBe("done");
    await runs.resume(partial.directory);
    expect(model.received()).toHaveLength(18);
  });

  test("a run on part of the answers that was stopped goes on with the same part", async () => {
    const abort = new AbortController();
    const settings = await model.asking({ budget: { calls: 9 }, partial: true });
    const stopped = await runs.run(experiment(settings), {
      signal: abort.signal,
      onEvent: ({ kind }) => {
        if (kind === "cell-start") abort.abort();
      },
    });
    expect(stopped.outcome.kind).toBe("stopped");
    const resumed = await runs.resume(stopped.directory);
    expect(resumed.outcome.kind).toBe("done");
    expect(model.received()).toHaveLength(9);
  });

  test("calls that fail for good stop it", async () => {
    const settings = await model.asking({ retries: 0, stages: ["profiles"] }, (received) =>
      received.index === 3 ? fails(500) : answers(received),
    );
    await expect(runs.run(experiment(settings))).rejects.toMatchObject({
      code: "AUGMENTATION_INCOMPLETE",
      message: expect.stringContaining("1 of 12 prompts of fedcctr have no answer"),
    });
  });

  test("nothing is missing that another process had answered meanwhile", async () => {
    const settings = await model.asking({ stages: ["profiles"] });
    const slow = experiment({ ...settings, concurrency: 1 });
    const both = await Promise.all(
      [experiment({ ...settings, concurrency: 12 }), slow].map((given) =>
        askAugmentations(given, quietly()),
      ),
    );
    expect(both.flat().map(({ missing }) => missing)).toEqual([0, 0]);
    expect(both[1]![0]!.answered).toBeLessThan(12);
  });

  test("what no answer was accepted for is dropped, counted by reason, and not asked again", async () => {
    const settings = await model.asking({ stages: ["sequences"] }, (received) =>
      says(received.index % 2 === 0 ? "I like all of them." : '{"liked":[99],"disliked":[]}'),
    );
    const [asked] = await askAugmentations(experiment(settings), quietly());
    expect(asked).toMatchObject({ answered: 0, dropped: 24, missing: 0 });
    expect(model.received()).toHaveLength(48);
    const [found] = await inspectAugmentations(experiment(settings), { ...quietly(), examples: 2 });
    expect(found).toMatchObject({ acceptance: 0, augmented: 0, examples: { sequences: [] } });
    const { dropped, missing, answered } = found!.tally!.sequences!;
    expect([answered, missing]).toEqual([0, 0]);
    expect(Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(24);
    await askAugmentations(experiment(settings), quietly());
    expect(model.received()).toHaveLength(48);
  });
});

describe("nothing leaves unsaid", () => {
  const remote = { kind: "openai-compatible", baseUrl: "https://models.invalid/v1", model: "m" };

  test("a server elsewhere is refused before a row is read", async () => {
    const events: RunEvent[] = [];
    const onEvent = (event: RunEvent) => void events.push(event);
    await expect(runs.run(experiment(remote), { onEvent })).rejects.toMatchObject({
      code: "AUGMENTATION_REMOTE",
      message: expect.stringMatching(/models\.invalid, .*titles of a user's latest 20/),
    });
    await expect(
      askAugmentations(experiment(remote), { ...quietly(), onEvent }),
    ).rejects.toMatchObject({ code: "AUGMENTATION_REMOTE" });
    expect(events).toEqual([]);
  });

  test("a plan of it is told all the same, and asks nobody", async () => {
    const privacy = { kind: "central", noiseMultiplier: 1 };
    const given = experiment(remote, {
      methods: [{ ...fedcctr, privacy, items: { vectors: "public" }, federate: "encoders" }],
      training: { select: "last" },
    });
    const [plan] = await planAugmentations(given, quietly());
    expect(plan).toMatchObject({ host: "models.invalid", users: 12, promised: ["fedcctr"] });
    expect(plan!.items).toBeGreaterThan(40);
    expect(plan!.fields.map(({ stage }) => stage)).toEqual(["items", "profiles", "sequences"]);
  });

  test("where it is allowed, what leaves is told before the first call", async () => {
    const events: RunEvent[] = [];
    await expect(
      runs.run(experiment({ ...remote, allowRemote: true, retries: 0, cache: "remote.sqlite" }), {
        onEvent: (event) => void events.push(event),
      }),
    ).rejects.toThrow();
    const order = events.map(({ kind }) => kind);
    expect(order).toContain("augmentation-leaves");
    expect(ofKind(events, "augmentation-leaves")[0]).toMatchObject({
      host: "models.invalid",
      users: 12,
      promised: [],
    });
    expect(order).not.toContain("augmenting");
    expect(order).not.toContain("cell-start");
  });

  test("the key is sent, and stands in no file", async () => {
    vi.stubEnv("ATOLL_TEST_KEY", "sk-7f3a9-secret");
    const settings = await model.asking({ apiKeyEnv: "ATOLL_TEST_KEY", stages: ["items"] });
    await runs.run(experiment(settings));
    expect(model.received().length).toBeGreaterThan(0);
    for (const { headers } of model.received())
      expect(headers.authorization).toBe("Bearer sk-7f3a9-secret");
    const files = await filesOf(runs.folder);
    const names = files.map(({ name }) => name);
    expect(names).toContain("augmentation.json");
    expect(names).toContain(settings.cache);
    for (const { name, bytes } of files)
      expect([name, bytes.includes("7f3a9")]).toEqual([name, false]);
    // Nor is it needed where nothing is left to ask.
    vi.stubEnv("ATOLL_TEST_KEY", "");
    expect((await askAugmentations(experiment(settings), quietly()))[0]!.spent.calls).toBe(0);
    const other = { ...settings, cache: "other.sqlite" };
    await expect(askAugmentations(experiment(other), quietly())).rejects.toMatchObject({
      code: "AUGMENTATION_KEY",
    });
  });
});
