import { describe, expect, test } from "vitest";
import { experimentHash } from "./hashes.ts";
import { domains, FEATURES, policyOf, reviewed, shops } from "./job.fixture.ts";
import { siloPolicy } from "./policy.ts";
import type { Refusal, ReviewedJob } from "./types.ts";

const job = (rest: string, own?: Partial<ReviewedJob>) => reviewed(shops(rest), own);
const plain = job("methods: [local, { kind: fedavg, name: ours }]");
const dpSgd = `{ kind: dp-sgd, epsilon: 2, assumePublic: ${FEATURES} }`;
const central = `{ kind: central, epsilon: 2, assumePublic: ${FEATURES} }`;

async function refusedBy(policy: string, given: ReviewedJob): Promise<Refusal> {
  const verdict = await siloPolicy(policyOf(policy)).review(given);
  if (verdict.kind === "allowed") throw new Error("allowed");
  return verdict;
}
const allows = async (policy: string, given: ReviewedJob) =>
  expect(await siloPolicy(policyOf(policy)).review(given)).toEqual({ kind: "allowed" });

/** Requires privacy where all columns of the shops' features are public knowledge. */
const required = (how: string) => `
requirePrivacy: ${how}
maximumEpsilon: 8
publicColumns: [customer, product, segment, brand, price]
`;

/** What the server hears, without what is always the same. */
const told = ({ reason }: Refusal) =>
  /^the silo's policy does not allow (.*); change the job, or ask the silo's people$/.exec(
    reason,
  )![1];

describe("each rule allows what is within it, and refuses the rest by its name", () => {
  test("methods: by kind, whatever a job calls them", async () => {
    await allows("methods: [local, fedavg]", plain);
    const refused = await refusedBy("methods: [local]", plain);
    expect(told(refused)).toBe("method fedavg (rule methods)");
    expect(refused.details).toEqual(["methods: ours: kind fedavg is not among local"]);
    const disguised = job("methods: [{ kind: fedavg, name: local }]");
    expect(told(await refusedBy("methods: [local]", disguised))).toBe(
      "method fedavg (rule methods)",
    );
    // What the job leaves out of its experiment is not judged.
    await allows("methods: [local]", { ...plain, job: { ...plain.job, methods: ["local"] } });
  });

  test("experiments: by hash, which the order of keys does not change", async () => {
    const hash = experimentHash(plain.job);
    await allows(`experiments: ["${hash}"]`, plain);
    const reordered = Object.fromEntries(Object.entries(plain.job.experiment).toReversed());
    expect(experimentHash({ experiment: reordered })).toBe(hash);
    const refused = await refusedBy(`experiments: ["${"0".repeat(64)}"]`, plain);
    expect(told(refused)).toBe("this experiment (rule experiments)");
    expect(refused.details).toEqual([`experiments: the experiment's SHA-256 is ${hash}`]);
  });

  test("programs: as far as they are known; the others are stopped when they are compiled", async () => {
    const [one, other] = ["1".repeat(64), "2".repeat(64)];
    const policy = `programs: ["${one}"]`;
    await allows(policy, plain);
    await allows(policy, { ...plain, programs: [one] });
    const refused = await refusedBy(policy, { ...plain, programs: [one, other] });
    expect(told(refused)).toBe("all of its programs (rule programs)");
    expect(refused.details).toEqual([`programs: no program of SHA-256 ${other} is named`]);
    expect(siloPolicy(policyOf(policy)).programs).toEqual([one]);
    expect(siloPolicy(policyOf("")).programs).toBeUndefined();
  });

  test("columns: those allowed without those denied, of the silo's own clients", async () => {
    await allows("columns: { deny: [salary] }", plain);
    await allows(
      "columns: { allow: [customer, product, day, rating, segment, brand, price] }",
      plain,
    );
    const refused = await refusedBy(
      "columns: { allow: [customer, product, day, rating, segment], deny: [rating] }",
      plain,
    );
    expect(told(refused)).toBe("all columns that it reads (rule columns)");
    expect(refused.details).toEqual([
      "columns: client de: columns.deny has rating",
      "columns: client de: columns.allow lacks brand, price",
    ]);
    await allows("columns: { deny: [rating] }", { ...plain, clients: ["elsewhere"] });
  });

  test("columns: SQL could give any column any name", async () => {
    const query = reviewed(
      shops("methods: [local]").replace(
        "de: { path: de.parquet }",
        "de: { query: SELECT salary AS price FROM rows, tables: { rows: { path: de.csv } } }",
      ),
    );
    await allows("", query);
    const { details } = await refusedBy("columns: { deny: [salary] }", query);
    expect(details).toEqual([
      "columns: client de: SQL may read any column: SELECT salary AS price FROM rows",
    ]);
  });

  test("columns: neither do names that the job brings itself hold", async () => {
    const renaming = reviewed(
      shops("methods: [local]").replace(
        "de: { path: de.parquet }",
        "de: { path: de.csv, header: false, columnNames: [customer, product, day, rating, segment, brand, price] }",
      ),
    );
    await allows("", renaming);
    expect((await refusedBy("columns: { deny: [salary] }", renaming)).details).toEqual([
      "columns: client de: columnNames may call any column anything: customer, product, day, rating, segment, brand, price",
    ]);
  });

  describe("sharedColumns", () => {
    const sharing = (shared: string, rest = "methods: [local, fedavg]") =>
      reviewed(
        shops(rest)
          .replace("shared: [segment]", `shared: ${shared}`)
          .replace("common: [", "common: [user, segmentxbrand, "),
      );

    test("any column may be sent value by value but the users'", async () => {
      await allows("", sharing("[item, segment]"));
      await allows("sharedColumns: any", sharing("[user]"));
      for (const rule of ["", "sharedColumns: any-but-user"]) {
        const refused = await refusedBy(rule, sharing("[segment, user]"));
        expect(told(refused)).toBe("all values that it shares (rule sharedColumns)");
        expect(refused.details).toEqual([
          "sharedColumns: client de: customer is the users' column, and would be sent value by value",
        ]);
      }
    });

    test("of a list none but those, by the silo's names; a cross tells of all that it is made of", async () => {
      await allows("sharedColumns: [product, segment]", sharing("[item, segment]"));
      await allows("sharedColumns: [customer]", sharing("[user]"));
      const given = sharing("[item, segmentxbrand]");
      expect((await refusedBy("sharedColumns: [segment]", given)).details).toEqual([
        "sharedColumns: client de: sharedColumns lacks product, brand",
      ]);
      expect((await refusedBy("sharedColumns: []", sharing("[segment]"))).details).toEqual([
        "sharedColumns: client de: sharedColumns lacks segment",
      ]);
    });

    test("nothing is sent of hashed features, by methods that share nothing, and of other silos", async () => {
      const hashed = reviewed(
        shops("methods: [fedavg]")
          .replace("user: customer", "user: customer\n    userHash: 64")
          .replace("shared: [segment]", "shared: [user]")
          .replace("common: [", "common: [user, "),
      );
      await allows("sharedColumns: []", hashed);
      await allows("sharedColumns: []", sharing("[segment, user]", "methods: [local, popularity]"));
      await allows("sharedColumns: []", { ...sharing("[segment]"), clients: ["elsewhere"] });
      await allows("sharedColumns: []", reviewed(domains("{ kind: none }"), { numRows: {} }));
    });

    test("names that the job brings itself are none of the silo's", async () => {
      const query = "de: { query: SELECT name AS segment FROM t, tables: { t: { path: de.csv } } }";
      const given = reviewed(shops("methods: [fedavg]").replace("de: { path: de.parquet }", query));
      expect((await refusedBy("sharedColumns: [segment]", given)).details).toEqual([
        "sharedColumns: client de: SQL may read any column: SELECT name AS segment FROM t",
      ]);
    });
  });

  test("minimumRows: once they are known, client by client", async () => {
    await allows("minimumRows: 500", plain);
    await allows("minimumRows: 500", { ...plain, numRows: { de: 500 } });
    const refused = await refusedBy("minimumRows: 500", {
      ...plain,
      numRows: { de: 499, at: 501 },
    });
    expect(told(refused)).toBe("so few rows (rule minimumRows)");
    expect(refused.details).toEqual([
      "minimumRows: client de: 499 training rows are fewer than 500",
    ]);
  });

  test("requirePrivacy: of every method; own: one that the silo keeps", async () => {
    const all = job(`methods: [local, fedavg]\nprivacy: ${dpSgd}`);
    const trusting = job(`methods: [fedavg]\nprivacy: ${central}`);
    await allows(required("true"), all);
    await allows(required("own"), all);
    await allows(required("true"), trusting);
    expect((await refusedBy(required("own"), trusting)).details).toEqual([
      "requirePrivacy: fedavg: central holds only if the server, or all clients together, keep it",
    ]);
    const some = job(
      `methods: [{ kind: local, privacy: { kind: none } }, fedavg]\nprivacy: ${dpSgd}`,
    );
    const refused = await refusedBy(required("true"), some);
    expect(told(refused)).toBe("methods without a promise that suffices (rule requirePrivacy)");
    expect(refused.details).toEqual([
      "requirePrivacy: local: promises nothing about all that it learns",
    ]);
  });

  test("publicColumns: what a job takes for public, the silo has to; asked where privacy is required", async () => {
    const given = job(`methods: [fedavg]\nprivacy: ${dpSgd}`);
    await allows("publicColumns: []", given);
    const refused = await refusedBy(
      "{ requirePrivacy: own, maximumEpsilon: 8, publicColumns: [product, brand, price] }",
      given,
    );
    expect(told(refused)).toBe("all values that it takes for public (rule publicColumns)");
    expect(refused.details).toEqual([
      "publicColumns: client de: publicColumns lacks segment, customer",
    ]);
    // What is shared is public, whatever the promise is about.
    const local = job(
      "methods: [fedavg]\nprivacy: { kind: local, epsilon: 2, assumePublic: [segment] }",
    );
    const policy = "{ requirePrivacy: own, maximumEpsilon: 8 }";
    expect((await refusedBy(policy, local)).details).toEqual([
      "publicColumns: client de: publicColumns lacks segment",
    ]);
  });

  test("maximumEpsilon: of a unit without a limit nothing is promised enough, where privacy is required", async () => {
    const given = job(`methods: [fedavg]\nprivacy: ${dpSgd}`);
    const refused = await refusedBy(
      required("own").replace("maximumEpsilon: 8", "maximumEpsilon: { user: 8 }"),
      given,
    );
    expect(told(refused)).toBe("promises about such units (rule maximumEpsilon)");
    expect(refused.details).toEqual([
      "maximumEpsilon: maximumEpsilon has no limit for each example",
    ]);
  });

  test("maximumEpsilon: over all methods and seeds, and only beside a small delta", async () => {
    const given = job(`methods: [local, fedavg]\nprivacy: ${dpSgd}`);
    // Two methods, two seeds, 2 each.
    await allows("maximumEpsilon: 8", given);
    await allows("maximumEpsilon: { user: 1, client: 1 }", given);
    await allows("maximumEpsilon: 1", plain);
    for (const limit of ["7.9", "{ example: 7.9 }"]) {
      const refused = await refusedBy(`maximumEpsilon: ${limit}`, given);
      expect(told(refused)).toBe("so large an epsilon (rule maximumEpsilon)");
      expect(refused.details).toEqual([
        "maximumEpsilon: epsilon 8 for each example, all trainings together, is more than 7.9",
      ]);
    }
    await allows("maximumDelta: 1.0e-6", given);
    expect((await refusedBy("{ maximumEpsilon: 8, maximumDelta: 1.0e-6 }", given)).details).toEqual(
      [
        "maximumEpsilon: local: delta 0.00001 is more than 0.000001",
        "maximumEpsilon: fedavg: delta 0.00001 is more than 0.000001",
      ],
    );
    const unbounded = job(
      `methods: [fedavg]\nprivacy: { kind: central, noiseMultiplier: 9, assumePublic: ${FEATURES} }`,
    );
    expect((await refusedBy("maximumEpsilon: 1000", unbounded)).details).toEqual([
      "maximumEpsilon: epsilon without a bound for each client, all trainings together, is more than 1000",
    ]);
  });

  test("maximumRounds: of all stages of a method together", async () => {
    // Two of the vocabulary, ten of training, one to finish, one to evaluate.
    await allows("maximumRounds: 14", plain);
    const refused = await refusedBy("maximumRounds: 13", plain);
    expect(told(refused)).toBe("so many rounds (rule maximumRounds)");
    expect(refused.details).toEqual(["maximumRounds: ours: 14 rounds are more than 13"]);
  });

  test("maximumSeeds", async () => {
    await allows("maximumSeeds: 2", plain);
    const refused = await refusedBy("maximumSeeds: 1", plain);
    expect(told(refused)).toBe("so many seeds (rule maximumSeeds)");
    expect(refused.details).toEqual(["maximumSeeds: 2 seeds are more than 1"]);
  });

  describe("augmentation", () => {
    const cases = {
      none: "{ kind: none }",
      words: "{ kind: heuristic }",
      here: "{ kind: openai-compatible, baseUrl: 'http://127.0.0.1:1/v1' }",
      there: "{ kind: openai-compatible, baseUrl: 'https://models.example/v1', allowRemote: true }",
    };
    test.each<[policy: string, kind: keyof typeof cases, detail: string | undefined]>([
      ["off", "none", undefined],
      ["off", "words", undefined],
      [
        "off",
        "here",
        "augmentation: fedcctr: shows rows to a language model on this machine, and augmentation is off",
      ],
      ["local", "here", undefined],
      [
        "local",
        "there",
        "augmentation: fedcctr: shows rows to a language model elsewhere, and augmentation is local",
      ],
      ["any", "there", undefined],
    ])("%s: %s", async (rule, kind, detail) => {
      const given = reviewed(domains(cases[kind]));
      const policy = `{ minimumRows: 0, augmentation: "${rule}" }`;
      if (detail === undefined) return allows(policy, given);
      const refused = await refusedBy(policy, given);
      expect(told(refused)).toBe("its augmentation (rule augmentation)");
      expect(refused.details).toEqual([detail]);
    });
  });
});

describe("a refusal", () => {
  const policy = `
methods: [recency]
columns: { deny: [rating, price] }
minimumRows: 612
maximumRounds: 3
maximumSeeds: 1
`;
  const given: ReviewedJob = { ...plain, numRows: { de: 37 } };

  test("has one code, all rules for the server, and all reasons for the silo", async () => {
    const refused = await refusedBy(policy, given);
    expect(refused.code).toBe("POLICY_REFUSED");
    expect(refused.reason).toBe(
      "the silo's policy does not allow method local, method fedavg, all columns that it reads, so few rows, so many rounds and so many seeds (rules methods, columns, minimumRows, maximumRounds, maximumSeeds); change the job, or ask the silo's people",
    );
    expect(refused.details).toHaveLength(7);
  });

  test("tells the server no value of the policy or of the rows", async () => {
    const { reason } = await refusedBy(policy, given);
    for (const secret of ["recency", "rating", "price", "612", "37", "3", "14"])
      expect(reason).not.toContain(secret);
  });
});

describe("bytes that leave in one run", () => {
  const { mayUpload } = siloPolicy(policyOf("maximumBytesUp: 1000"));

  test("may be as many as the policy says, however often they are asked about", () => {
    for (const bytes of [0, 1000, 1000])
      expect(mayUpload!("r-17", bytes)).toEqual({ kind: "allowed" });
    const refused = mayUpload!("r-17", 1001) as Refusal;
    expect(refused.code).toBe("POLICY_REFUSED");
    expect(told(refused)).toBe("so many bytes to leave (rule maximumBytesUp)");
    expect(refused.details).toEqual([
      "maximumBytesUp: run r-17: 1001 bytes with its next answer are more than 1000",
    ]);
  });
});
