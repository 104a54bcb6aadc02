import { describe, expect, test } from "vitest";
import {
  augmentationConfig,
  type AugmentationServices,
  type AugmentationSettings,
  type LanguageModel,
  type PopulationAugmentation,
} from "../../augmentation/index.ts";
import type { SplitClient } from "../../data/index.ts";
import { domainOfRows, type Row } from "../../population/tables.fixture.ts";
import { privacyConfig } from "../../privacy/index.ts";
import { jaxExecutor } from "../../tensor/index.ts";
import { augmentationJob, type AugmentingParty } from "./augmentation-job.ts";
import { centralisedFedcctr } from "./centralised-fedcctr.ts";
import { fedcctr } from "./fedcctr.ts";
import { peopleOf } from "./people.ts";
import { contextsOf, peopleInOrder, settingsFor } from "./people.fixture.ts";
import { configOf } from "./privacy/privacy.fixture.ts";
import { augmentationOf } from "./user-augmentation.ts";

const splits = peopleInOrder(9);
const settings = settingsFor();

const configFor = (augmentation: Readonly<Record<string, unknown>>) => configOf({ augmentation });
const jobFor = (
  augmentation: Readonly<Record<string, unknown>>,
  party: AugmentingParty,
  given = settings,
) => augmentationJob(configFor(augmentation), given, { party })!;
const quietly = { services: undefined };

describe("prompts", () => {
  const asking = { kind: "openai-compatible", baseUrl: "http://127.0.0.1:1/v1", itemsPerPrompt: 3 };

  /** Answers nothing, and remembers what it was asked. */
  function listening() {
    const heard = new Set<string>();
    const model: LanguageModel = {
      ask: (prompt) => {
        heard.add(JSON.stringify(prompt));
        return Promise.resolve(undefined);
      },
      tally: () => {
        const nothing = { answered: 0, dropped: {}, missing: heard.size };
        return { items: nothing, profiles: nothing, sequences: nothing };
      },
    };
    const template = { system: "say", examples: [], user: "" };
    const services: AugmentationServices = {
      languageModel: () => model,
      templates: () => ({
        items: { ...template, name: "items v1", user: "{{count}} {{items}}" },
        profiles: { ...template, name: "profiles v1", user: "{{history}}" },
        sequences: {
          ...template,
          name: "sequences v1",
          user: "{{history}} {{candidates}} {{liked}} {{disliked}}",
        },
      }),
      sentences: () => {
        throw new RangeError("nobody asked for sentences");
      },
    };
    return { services, heard };
  }

  test.each<AugmentingParty>(["user", "silo", "pooled"])(
    "of training are those that the job asked: %s",
    async (party) => {
      const [planned, trained] = [listening(), listening()];
      await jobFor(asking, party).run(splits, { services: planned.services, concurrency: 3 });
      const [own] = contextsOf({ splits, executor: jaxExecutor() });
      const context = { ...own!, augmentation: trained.services };
      const found = await augmentationOf(context, settings, configFor(asking), {
        people: peopleOf(context),
        party,
      });
      expect(planned.heard.size).toBeGreaterThan(12);
      expect(trained.heard).toEqual(planned.heard);
      expect(found!.numbers.answers!.profiles.missing).toBe(planned.heard.size);
    },
  );

  test("of users and of one place are one job; a silo's, and what neighbours decide, are others", async () => {
    const [users, place] = [listening(), listening()];
    await jobFor(asking, "user").run(splits, { services: users.services });
    await jobFor(asking, "pooled").run(splits, { services: place.services });
    expect(users.heard).toEqual(place.heard);
    const keysOf = (augmentation: Readonly<Record<string, unknown>>) =>
      (["user", "pooled", "silo"] as const).map((party) => jobFor(augmentation, party).key);
    expect(new Set(keysOf(asking)).size).toBe(2);
    expect(new Set(keysOf({ kind: "heuristic" })).size).toBe(3);
  });
});

/** What is said of a user in a domain, in ids. */
function saidOf(
  said: PopulationAugmentation,
  world: readonly SplitClient[],
  { user, domain }: { readonly user: string; readonly domain: number },
) {
  const [context] = contextsOf({ splits: world, executor: jaxExecutor() });
  const { userIds, itemIds } = peopleOf(context!).population;
  const group = userIds.indexOf(user) * 2 + domain;
  const picked = ({ offsets, items }: PopulationAugmentation["liked"]) =>
    [...items.subarray(offsets[group], offsets[group + 1])].map((item) => itemIds[item]);
  return {
    profile: said.profiles![group],
    liked: picked(said.liked),
    disliked: picked(said.disliked),
  };
}

describe("what may lead to what is said", () => {
  const items = Array.from({ length: 12 }, (_, i) => `i${i}`);
  const rowsOf = (user: string, chosen: readonly string[]): Row[] =>
    chosen.map((item, day): Row => [user, item, day, "train", `${item} thing`]);
  /** Ann in two domains, beside somebody who had all items of both, once or the first one more often. */
  const world = ({ kitchen = ["i0", "i3"], often = false } = {}) =>
    [["i1", "i2", "i5"], kitchen].map((own, domain) =>
      domainOfRows(["food", "kitchen"][domain]!, [
        ...rowsOf("all", items),
        ...(often ? items.flatMap((item) => rowsOf("often", [item, "i7", "i8"])) : []),
        ...rowsOf("ann", own),
        ["held", "i0", 20, "valid", "i0 thing"],
        ["held", "i4", 21, "test", "i4 thing"],
      ]),
    );
  const heuristic = { kind: "heuristic", candidates: 4 };
  const ann = { user: "ann", domain: 0 };
  const said = async (
    party: AugmentingParty,
    of: readonly SplitClient[],
    privacy: Readonly<Record<string, unknown>> = { kind: "none" },
  ) => {
    const given = settingsFor({ privacy: privacyConfig.parse(privacy) });
    return saidOf(await jobFor(heuristic, party, given).run(of, quietly), of, ann);
  };

  test("no other user, where users were promised something", async () => {
    const promise = { kind: "local", epsilon: 3 };
    const alone = await said("user", world(), promise);
    expect(alone.liked).toHaveLength(2);
    expect(await said("user", world({ often: true }), promise)).toEqual(alone);
    // Without a promise the candidates are what is popular.
    expect(await said("user", world({ often: true }))).not.toEqual(await said("user", world()));
  });

  test("of a silo its own domain alone", async () => {
    const other = world({ kitchen: ["i9", "i10", "i11"] });
    expect(await said("silo", other)).toEqual(await said("silo", world()));
    const users = await Promise.all([said("user", other), said("user", world())]);
    expect(users[0].profile).not.toEqual(users[1].profile);
  });
});

describe("a job", () => {
  const own = augmentationConfig.parse({ kind: "random" });
  const ofFedcctr = (
    entry: Readonly<Record<string, unknown>>,
    experiment: AugmentationSettings = { kind: "none" },
  ) =>
    fedcctr.augments!(
      fedcctr.config.parse({ kind: "fedcctr", ...entry }),
      settingsFor({ augmentation: experiment }),
    );

  test("is the entry's, else the experiment's, else nothing", () => {
    expect(ofFedcctr({})).toBeUndefined();
    expect(ofFedcctr({}, own)!.settings).toEqual(own);
    expect(ofFedcctr({ augmentation: { kind: "heuristic" } }, own)!.settings.kind).toBe(
      "heuristic",
    );
    expect(ofFedcctr({ augmentation: { kind: "none" } }, own)).toBeUndefined();
  });

  test("has the key of jobs that say the same", () => {
    const keys = [
      ofFedcctr({}, own),
      ofFedcctr({ clients: { cohort: 3 }, sampling: 0.5, width: 8 }, own),
      ofFedcctr({ clients: "silo" }, own),
      ofFedcctr({ request: { decay: 0.5 } }, own),
      ofFedcctr({ augmentation: { kind: "random", seed: 2 } }),
      centralisedFedcctr.augments!(
        centralisedFedcctr.config.parse({ kind: "centralised-fedcctr", augmentation: own }),
        settings,
      ),
    ].map((job) => job!.key);
    expect(keys[1]).toBe(keys[0]);
    expect(new Set(keys).size).toBe(5);
  });
});
