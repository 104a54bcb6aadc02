import { describe, expect, test } from "vitest";
import { experimentHash } from "./hashes.ts";
import { domains, FEATURES, policyOf, reviewed, shops } from "./job.fixture.ts";
import { describeJob } from "./review.ts";

const study = reviewed(
  shops(`
methods:
  - local
  - fedavg
  - { kind: fedavg, name: private, privacy: { kind: local, epsilon: 4, assumePublic: ${FEATURES} } }
model: { kind: lr }
`),
  { numRows: { de: 80 } },
);

describe("a job in words", () => {
  test("says what it would compute, read, send and promise, and what the policy says", () => {
    const policy = policyOf(`
methods: [local, fedavg]
columns: { deny: [rating] }
maximumEpsilon: 5
programs: ["${"0".repeat(64)}"]
`);
    // The hash covers defaults of all settings, whatever version they are of.
    const text = describeJob(study, policy).join("\n").replace(experimentHash(study.job), "HASH");
    expect(text).toMatchInlineSnapshot(`
      "Job "market study", run r-17, for de
      Experiment HASH

      What it computes
        3 methods, each with 2 seeds (1, 2), among 2 clients
        local
          Each client trains on its own rows only; no parameter leaves it.
          model lr
          at most 12 rounds of exchange, in the stages train, evaluate
          at most 10 passes over the training rows in the federation's rounds
        fedavg
          Sample-weighted mean of the clients' dense parameters and shared tables (McMahan et al. 2017).
          model lr
          at most 14 rounds of exchange, in the stages vocabulary, train, evaluate
          at most 10 passes over the training rows in the federation's rounds
        private (fedavg)
          Sample-weighted mean of the clients' dense parameters and shared tables (McMahan et al. 2017).
          model lr
          at most 14 rounds of exchange, in the stages vocabulary, train, evaluate
          at most 10 passes over the training rows in the federation's rounds

      What it reads
        de: de.parquet, 80 training rows
          customer  user
          product   item
          day       time
          rating    label
          segment   category, part of the cross segmentxbrand
          brand     category, part of the cross segmentxbrand
          price     number

      What it sends and receives
        receives train/train (local): the state to train from
        sends train/update (local): the client's share after its passes over its own rows, with row count, loss and validation value
        receives train/finish (local): the final state
        sends train/finished (local, fedavg): the validation value of the final state
        receives evaluate/evaluate: asks for the test metrics
        sends evaluate/measured: test metrics of the client as a whole, no scores and no users
        receives vocabulary/list (fedavg, private): asks for the distinct values of the shared features
        sends vocabulary/values (fedavg, private): reveals which values of segment occur in at least 1 training row(s), or as many as the feature's own minCount says, without counts
        receives vocabulary/agree (fedavg, private): the union of all clients' values, sorted
        sends vocabulary/agreed (fedavg, private): says that the union was taken over
        receives train/train (fedavg, private): the state to train from
          array parameters: dense parameters: what the client's rows taught the network
          array table:wide/segment: embedding rows of segment: rows that moved belong to values the client has seen
        sends train/update (fedavg): the client's share after its passes over its own rows, with row count, loss and validation value
          array parameters: dense parameters: what the client's rows taught the network
          array table:wide/segment: embedding rows of segment: rows that moved belong to values the client has seen
        receives train/finish (fedavg, private): the final state
          array parameters: dense parameters: what the client's rows taught the network
          array table:wide/segment: embedding rows of segment: rows that moved belong to values the client has seen
        sends train/update (private): the client's share after its passes over its own rows, with nothing beside
          array parameters: dense parameters: what the client's rows taught the network; clipped, with the client's own noise on every number
          array table:wide/segment: embedding rows of segment: rows that moved belong to values the client has seen; clipped, with the client's own noise on every number
        sends train/finished (private): says that the final state was taken over
        every value of these columns of de leaves, in clear: segment

      What is promised
        local: no differential privacy; what it sends may tell about rows
        fedavg: no differential privacy; what it sends may tell about rows
        private: local, for each client: epsilon at most 4 at delta 0.00001 in each training, counted by itself
          Holds against whoever sees the client's messages, the server included: the noise is added before anything leaves.
          taken to be public, and not protected: user, item, segment, brand, segmentxbrand, price
        all trainings with a promise together, for each client: epsilon at most 8
        Metrics and counts of rows are sent as they are, so that the experiment can be judged.

      What the policy says
        methods         allows it
        experiments     allows it
        programs        is asked of each program before it runs
        columns         refuses it
          client de: columns.deny has rating
        sharedColumns   allows it
        minimumRows     refuses it
          client de: 80 training rows are fewer than 100
        requirePrivacy  allows it
        publicColumns   allows it
        maximumEpsilon  refuses it
          epsilon 8 for each client, all trainings together, is more than 5
        maximumRounds   allows it
        maximumSeeds    allows it
        augmentation    allows it
        maximumBytesUp  is asked before each answer leaves: 10737418240 bytes in all"
    `);
  });

  test("of a made-up world, reads nothing", () => {
    const world = reviewed(`
data: { kind: synthetic, markets: { a: { rows: 300 }, b: { rows: 200 } } }
split: { kind: random, valid: 0.2, test: 0.2 }
methods: [fedavg]
`);
    const lines = describeJob(world, policyOf(""));
    expect(lines).toContain("  nothing: rows are made up by the settings of the experiment");
    expect(lines).toContain("  best-possible");
  });

  test("shows SQL on one line, and no letter that moves a cursor or turns text around", () => {
    const yaml = shops("methods: [local]")
      .replace("market study", '"fine\\u001b[2K\\u202Estudy"')
      .replace(
        "de: { path: de.parquet }",
        'de: { query: "SELECT *\\n  FROM rows", tables: { rows: { path: de.csv } } }',
      );
    const lines = describeJob(reviewed(yaml), policyOf(""));
    expect(lines[0]).toBe('Job "fine\ufffd[2K\ufffdstudy", run r-17, for de');
    expect(lines).toContain("    through SQL of the job: SELECT * FROM rows");
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  test("tells which language model is shown rows", () => {
    const asking = reviewed(
      domains(
        "{ kind: openai-compatible, baseUrl: 'https://models.example/v1', allowRemote: true }",
      ),
    );
    expect(describeJob(asking, policyOf(""))).toContain(
      "  texts of rows are shown to a language model by fedcctr: https://models.example/v1",
    );
  });
});
