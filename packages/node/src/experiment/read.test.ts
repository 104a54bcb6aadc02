import { describe, expect, test } from "vitest";
import { resolveMethod } from "@atoll/core/methods";
import { edited, minimal, problems } from "./problems.fixture.ts";
import { parseExperiment, parseOverride } from "./read.ts";

test("a short file is an experiment: everything else has a default", () => {
  const { model, federation, training, seeds, evaluation } = parseExperiment(minimal, "my.yaml");
  expect(model).toMatchObject({ kind: "deepfm", width: 16 });
  expect(federation).toEqual({
    rounds: 20,
    localEpochs: 1,
    clientsPerRound: "all",
    cohort: "fixed",
    shared: [],
    federatedEmbeddings: "mean",
  });
  expect([training.batchSize, training.patience, seeds, evaluation.ties]).toEqual([
    1024,
    5,
    [1],
    "pessimistic",
  ]);
});

describe("problems, each with its place, the value and the way out", () => {
  test("YAML that is no YAML", () =>
    expect(problems("data: [1, 2\nsplit: x")).toMatchInlineSnapshot(`
    "
    my.yaml:2:1  Flow sequence in block collection must be sufficiently indented and end with a ]
    "
  `));
  test("a key given twice", () =>
    expect(problems(`${minimal}split: { kind: random }\n`)).toMatchInlineSnapshot(`
    "
    my.yaml:10:1  Map keys must be unique
    "
  `));
  test("an unknown key at the top", () =>
    expect(problems(`${minimal}sedes: [1]\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:10:1  sedes: unknown key; did you mean "seeds"?
      "
    `));
  test("an unknown role", () =>
    expect(edited("when }", "when, lable: x }")).toMatchInlineSnapshot(`
      "
      my.yaml:4:49  data.columns.lable: unknown key; did you mean "label"?
      "
    `));
  test("an unknown key of a client", () =>
    expect(edited("fr.csv }", "fr.csv, formt: csv }")).toMatchInlineSnapshot(`
    "
    my.yaml:7:25  data.clients.fr.formt: unknown key; did you mean "format"?
    "
  `));
  test("a wrong type", () =>
    expect(problems(`${minimal}seeds: one\n`)).toMatchInlineSnapshot(`
    "
    my.yaml:10:8  seeds: "one" is not a list
    "
  `));
  test("a number out of range", () =>
    expect(problems(`${minimal}federation: { rounds: 0 }\n`)).toMatchInlineSnapshot(`
    "
    my.yaml:10:23  federation.rounds: 0 is too small; give more than 0
    "
  `));
  test("an unknown method", () =>
    expect(edited("fedavg]", "fedavgg]")).toMatchInlineSnapshot(`
      "
      my.yaml:9:30  methods.2: "fedavgg" is not one of popularity, recency, item-knn, ease, mf-bpr, lightgcn, local, centralised, centralised-codes, best-possible, fedavg, fedprox, fedbn, fedadam, scaffold, fedavg-finetuned, ditto, fedper, fedrep, fedamp, fedhca2, fcf, pfedrec, feddcsr, p2fcdr, fedmm, pf-msmtrec, c2dsr, tri-cdr, centralised-fedcctr, fedcctr; did you mean "fedavg"?
      "
    `));
  test("an unknown model", () =>
    expect(problems(`${minimal}model: { kind: deepfn }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:10:16  model.kind: "deepfn" is not one of lr, fm, gmf, mlp, neumf, deepfm, dcnv2, ffm, widedeep, pnn, dcn, xdeepfm, autoint, fibinet, masknet, finalmlp, din, gru4rec, sasrec, bert4rec, shared-bottom, mmoe, ple, esmm, aitm, stem, star, pepnet; did you mean "deepfm"?
      "
    `));
  test("an unknown key of a model", () =>
    expect(problems(`${minimal}model: { kind: deepfm, widht: 8 }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:10:24  model.widht: unknown key; did you mean "width"?
      "
    `));
  test("an unknown key of a method", () =>
    expect(edited("fedavg]", "{ kind: fedprox, muu: 1 }]")).toMatchInlineSnapshot(`
    "
    my.yaml:9:47  methods.2.muu: unknown key; did you mean "mu"?
    "
  `));
  test("a missing block", () =>
    expect(edited("split: { kind: leave-one-out }\n", "")).toMatchInlineSnapshot(`
    "
    my.yaml:1:1  split: is missing; give a block of settings
    "
  `));
  test("an unknown split", () =>
    expect(edited("leave-one-out", "leave-one-in")).toMatchInlineSnapshot(`
      "
      my.yaml:8:16  split.kind: "leave-one-in" is not one of leave-one-out, time, random, per-user-ratio, given, k-fold; did you mean "leave-one-out"?
      "
    `));
  test("an unknown metric", () =>
    expect(problems(`${minimal}evaluation: { metrics: [ndgc@10] }\n`)).toMatchInlineSnapshot(`
    "
    my.yaml:10:25  evaluation.metrics.0: no metric "ndgc@10"; did you mean "ndcg@10"?; there are auc, gauc, gauc-positives, avgauc, logloss, ne, ece, hr@10, ndcg@10, mrr@10 (any cut-off)
    "
  `));
  test("a headline that is not measured", () =>
    expect(problems(`${minimal}evaluation: { metrics: [auc], headline: hr@5 }\n`))
      .toMatchInlineSnapshot(`
    "
    my.yaml:10:41  evaluation.headline: "hr@5" is not measured; choose one of auc, or add it to evaluation.metrics
    "
  `));
  test("ranking metrics and negatives with explicit labels", () =>
    expect(
      problems(
        `${minimal.replace("implicit", "explicit").replace("when }", "when, label: click }")}negatives: {}\nevaluation: { metrics: [auc, ndcg@10] }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:10:12  negatives: is given, but feedback is explicit: rows carry their labels; remove it, or set data.feedback to implicit
      my.yaml:11:30  evaluation.metrics.1: "ndcg@10" ranks sampled candidates, but feedback is explicit; use a metric of labels, such as auc
      "
    `));
  test("explicit feedback without a label, implicit without an item", () => {
    expect(edited("implicit", "explicit")).toMatchInlineSnapshot(`
      "
      my.yaml:4:3  data.columns.label: is missing, but feedback is explicit; name the label column, or set data.feedback to implicit
      "
    `);
    expect(edited("item: what, ", "")).toMatchInlineSnapshot(`
      "
      my.yaml:4:3  data.columns.item: is missing, but implicit feedback needs it; name the column of the item id
      "
    `);
  });
  test("a shared feature that is not common, and one that is none", () =>
    expect(problems(`${minimal}federation: { shared: [item, itme] }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:10:24  federation.shared.0: "item" is shared, but its values are not said to mean the same everywhere; list it in data.common, or do not share it
      my.yaml:10:30  federation.shared.1: "itme" is no categorical feature; did you mean "item"?
      "
    `));
  test("FedBN without normalisation", () =>
    expect(edited("fedavg]", "fedbn]")).toMatchInlineSnapshot(`
    "
    my.yaml:9:30  methods.2: fedbn keeps normalisation layers local, but model deepfm has none; set model.batchNorm: true, or remove fedbn
    "
  `));
  test("two methods of one name, and a start from a later one", () =>
    expect(
      edited(
        "fedavg]",
        "local, { kind: local, name: b, startFrom: [c] }, { kind: local, name: c }]",
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:9:30  methods.2: the name "local" is taken by an earlier method; give this one another name
      my.yaml:9:73  methods.3.startFrom.0: "c" is no earlier method; choose among popularity, local
      my.yaml:9:72  methods.3.startFrom: model deepfm knows no start from another, as neumf does; remove startFrom
      "
    `));
  test("best-possible on real data", () =>
    expect(edited("fedavg]", "best-possible]")).toMatchInlineSnapshot(`
    "
    my.yaml:9:30  methods.2: best-possible needs true click probabilities, which only synthetic data have; remove it
    "
  `));
  test("more clients per round than there are, seeds given twice, a client called macro", () =>
    expect(
      problems(
        `${minimal.replace("fr:", "macro:")}federation: { clientsPerRound: 3 }\nseeds: [1, 1]\n`,
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:7:5  data.clients.macro: "macro" names the mean over clients in results; give the client another name
      my.yaml:10:32  federation.clientsPerRound: 3 is more than the 2 clients there are; give a smaller number, or all
      my.yaml:11:12  seeds.1: 1 is given twice; seeds must differ
      "
    `));
  test("all of a file's problems at once", () =>
    expect(
      problems(
        minimal
          .replace("implicit", "implizit")
          .replace("de.csv }", "7 }")
          .replace("popularity", "popular"),
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:3:13  data.feedback: "implizit" is not one of explicit, implicit; did you mean "implicit"?
      my.yaml:6:17  data.clients.de.path: 7 is not a text
      my.yaml:9:11  methods.0: "popular" is not one of popularity, recency, item-knn, ease, mf-bpr, lightgcn, local, centralised, centralised-codes, best-possible, fedavg, fedprox, fedbn, fedadam, scaffold, fedavg-finetuned, ditto, fedper, fedrep, fedamp, fedhca2, fcf, pfedrec, feddcsr, p2fcdr, fedmm, pf-msmtrec, c2dsr, tri-cdr, centralised-fedcctr, fedcctr; did you mean "popularity"?
      "
    `));
  test("a file that is empty", () =>
    expect(problems("")).toMatchInlineSnapshot(`
    "
    my.yaml:1:1  data: is missing; give a block of settings
    my.yaml:1:1  split: is missing; give a block of settings
    my.yaml:1:1  methods: is missing; give a list
    "
  `));
});

describe("--set", () => {
  test("values are YAML, lists go by index, later ones win", () => {
    const experiment = parseExperiment(minimal, "my.yaml", [
      parseOverride("federation.rounds=7"),
      parseOverride("methods.2={ kind: fedprox, mu: 0.5 }"),
      parseOverride("seeds=[4, 5]"),
      parseOverride("seeds=[6]"),
    ]);
    expect(experiment.federation.rounds).toBe(7);
    expect(experiment.methods[2]).toMatchObject({ kind: "fedprox", mu: 0.5 });
    expect(experiment.seeds).toEqual([6]);
  });
  test("a wrong one is named", () =>
    expect(problems(minimal, "federation.rounds=many", "modle.kind=fm")).toMatchInlineSnapshot(`
      "
      --set federation.rounds=many  federation.rounds: "many" is not a number
      --set modle.kind=fm  modle: unknown key; did you mean "model"?
      "
    `));
  test("a setting within a block that an earlier one gave", () =>
    expect(
      parseExperiment(minimal, "my.yaml", [
        parseOverride("model={ kind: fm }"),
        parseOverride("model.width=3"),
        parseOverride("training.optimiser={ kind: adam, learningRate: 0.1 }"),
        parseOverride("training.optimiser.learningRate=0.2"),
      ]),
    ).toMatchObject({
      model: { kind: "fm", width: 3 },
      training: { optimiser: { kind: "adam", learningRate: 0.2 } },
    }));
  test("a setting within what is no block", () =>
    expect(problems(minimal, "methods.2.training.batchSize=8")).toMatchInlineSnapshot(`
      "
      --set methods.2.training.batchSize=8  methods.2 is "fedavg", not a block with settings; set it as a whole, such as --set 'methods.2={ kind: fedavg }'
      "
    `));
  test("an entry of a list by its name", () =>
    expect(problems(minimal, "methods.fedavg.training.batchSize=8")).toContain(
      "methods is a list; name an entry by its place, counted from 0, such as methods.0.training.batchSize",
    ));
  test("a text without = is no override", () =>
    expect(() => parseOverride("federation.rounds")).toThrow(/is not of the form/));
});

test("a method's own training settings stand alone: no default replaces what the experiment says", () => {
  expect(resolveMethod({ kind: "local", training: { batchSize: 64 } }).training).toEqual({
    batchSize: 64,
  });
  expect(resolveMethod("fedprox")).toMatchObject({
    kind: "fedprox",
    name: "fedprox",
    mu: 0.01,
    startFrom: [],
  });
});
