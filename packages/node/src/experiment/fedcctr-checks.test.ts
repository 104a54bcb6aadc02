import { describe, expect, test } from "vitest";
import { minimal, problems } from "./problems.fixture.ts";

const central = "{ kind: central, noiseMultiplier: 1 }";
const histogram = "request: { recency: 1 }, histogram: { noiseMultiplier: 2 }";

/** Problems of an experiment that has fedcctr alone, with settings and a promise of its own. */
const told = (settings = "", privacy = "{ kind: none }") =>
  problems(
    minimal
      .replace("columns: {", "columns: { timeUnit: days,")
      .replace(
        "methods: [popularity, local, fedavg]",
        `methods: [{ kind: fedcctr, privacy: ${privacy}${settings && `, ${settings}`} }]\ntraining: { select: last }`,
      ),
  );

test.each([
  { settings: "" },
  { settings: "request: { recency: 1 }" },
  { settings: histogram },
  { settings: "upload: sparse" },
  { settings: "clients: silo, usersPerStep: 128" },
  { settings: "usersPerStep: all" },
  { settings: "clients: { cohort: 8 }, usersPerStep: 4", privacy: central },
  { settings: histogram, privacy: central },
  { settings: histogram, privacy: "{ kind: central, epsilon: 3 }" },
  { settings: histogram, privacy: "{ kind: local }" },
  { settings: "", privacy: "{ kind: local, accountant: rdp }" },
  // There are two domains, but users as many as their rows say.
  { settings: "", privacy: "{ kind: distributed, minimumClients: 100 }" },
  { settings: "request: { recency: 1 }", privacy: "{ kind: central, noiseMultiplier: 0 }" },
])("$settings with $privacy is accepted", ({ settings, privacy }) =>
  expect(told(settings, privacy)).toBe("no problem"),
);

describe("what would tell a history beside the promise is refused", () => {
  test.each([central, "{ kind: local }", "{ kind: distributed, minimumClients: 3 }"])(
    "sparse rows under %s",
    (privacy) =>
      expect(told("upload: sparse", privacy)).toContain(
        "methods.0.upload: is sparse, but which rows of item tables a client sends is its history, and no noise on the rows hides it; set it to dense, federate to encoders, or give fedcctr privacy: { kind: none }",
      ),
  );

  test("exact counts", () =>
    expect(told("request: { recency: 1.5 }", central)).toContain(
      "methods.0.request.recency: 1.5 counts everybody's events, and nothing protects exact counts; set histogram for a noisy one, or request.recency to 0",
    ));

  test("a round that validation rows choose", () =>
    expect(told("training: { select: best }", central)).toContain(
      "methods.0.training.select: is best: fedcctr would choose a round by its validation rows",
    ));
});

test("passes of a single user are refused", () =>
  expect(told("usersPerStep: 128")).toContain(
    "methods.0.usersPerStep: is 128, but a client is one user, whose events make one gradient; remove it, or set clients to silo or { cohort: 128 }",
  ));

describe("a histogram", () => {
  test("that nothing reads is refused", () =>
    expect(told("histogram: { noiseMultiplier: 2 }")).toContain(
      "methods.0.histogram: makes popularity, but request.recency is 0",
    ));

  test("has one length of time for each level, and levels that fall into one another", () => {
    const cells = (levels: string, days: string) =>
      told(
        `request: { recency: 1 }, histogram: { noiseMultiplier: 2, levels: ${levels}, days: ${days} }`,
      );
    expect(cells("[8, 1]", "[5, 5]")).toBe("no problem");
    expect(cells("[8, 1]", "[5]")).toContain(
      "methods.0.histogram.days: has 1 lengths for 2 levels; give each level one",
    );
    expect(cells("[8, 3, 1]", "[5, 5, 5]")).toContain(
      "methods.0.histogram.levels: groups of 8 items do not fall into groups of 3",
    );
  });

  // Noise of multiplier 2 costs 2.166 at delta 1e-5 (results/privacy.test.ts).
  test.each([
    ["{ kind: central, epsilon: 2 }", "2"],
    ["{ kind: local, epsilon: 2.1 }", "2.1"],
    ["{ kind: central, noiseMultiplier: 3, cap: 2.1 }", "2.1"],
  ])("leaves something of the budget of %s", (privacy, budget) =>
    expect(told(histogram, privacy)).toContain(
      `methods.0.histogram.noiseMultiplier: 2 costs epsilon 2.17, which leaves nothing of ${budget} for the training; raise it, or the epsilon of privacy`,
    ),
  );
});

test("bounds that it does not know are refused", () => {
  const own = (settings: string) => told("", `{ kind: central, noiseMultiplier: 1, ${settings} }`);
  expect(own("clipNorm: { quantile: 0.5 }")).toContain(
    "methods.0.privacy.clipNorm: follows a quantile of norms, which fedcctr does not know; give a number",
  );
  expect(own("clipping: per-layer")).toContain(
    "methods.0.privacy.clipping: is per-layer, but fedcctr clips all that a client sends together; set it to flat",
  );
});

test("accounts of single clients are the run's own", () => {
  expect(told("", "{ kind: local, ledger: all.ledger }")).toContain(
    "methods.0.privacy.ledger: all.ledger would keep an account of every client of fedcctr",
  );
  expect(told("", "{ kind: local, accountant: pld }")).toContain(
    "methods.0.privacy.accountant: pld adds up schedules that were fixed in advance",
  );
  expect(told("", "{ kind: central, noiseMultiplier: 1, accountant: pld }")).toBe("no problem");
});
