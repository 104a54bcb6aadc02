import { describe, expect, test } from "vitest";
import { edited, minimal, problems } from "./problems.fixture.ts";

describe("blocks that do not fit one another, told before a row is read", () => {
  const labelled = `data:
  kind: files
  feedback: explicit
  columns: { user: who, item: what, time: when, labels: { click: click, buy: buy }, numeric: [{ column: price, scale: quantiles }], sequences: [{ column: past, like: item }] }
  common: [item, price, past]
  clients:
    de: { path: de.csv }
    fr: { path: fr.csv }
split: { kind: random }
methods: [popularity, local, fedavg]
`;
  const oneLabel = labelled.replace("labels: { click: click, buy: buy }", "label: click");

  test("labels that there are not, in every block that names one", () =>
    expect(
      problems(
        `${labelled}training: { task: bui, taskWeights: { clik: 2 }, selectBy: auc:clicks }
evaluation: { metrics: [auc:buys, logloss] }
`,
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:11:19  training.task: there is no label "bui"; did you mean "buy"?; data.columns has click, buy
      my.yaml:11:39  training.taskWeights.clik: there is no label "clik"; did you mean "click"?; data.columns has click, buy
      my.yaml:12:25  evaluation.metrics.0: there is no label "buys"; did you mean "buy"?; data.columns has click, buy
      my.yaml:11:60  training.selectBy: there is no label "clicks"; did you mean "click"?; data.columns has click, buy
      "
    `));

  test("a metric of one label where a method learns another", () => {
    expect(problems(`${labelled}training: { task: buy, selectBy: auc:click }\n`))
      .toMatchInlineSnapshot(`
      "
      my.yaml:11:34  training.selectBy: "auc:click" is of the label click, but what is trained learns buy alone; name a metric of buy, set training.task to click, or take a model of several tasks, such as mmoe
      "
    `);
    expect(problems(`${labelled}training: { task: buy }\nevaluation: { metrics: [auc] }\n`))
      .toMatchInlineSnapshot(`
      "
      my.yaml:12:25  evaluation.metrics.0: "auc" is of the first label, click, but not every method learns it: buy is what training.task says; write auc:click or auc:buy
      "
    `);
    expect(
      problems(`${labelled}training: { selectBy: auc:buy }\nmodel: { kind: mmoe }\n`),
    ).toMatchInlineSnapshot(`"no problem"`);
  });

  test("losses that compare items, on rows that carry labels", () =>
    expect(
      problems(
        labelled.replace(
          "local, fedavg]",
          "{ kind: local, training: { loss: { kind: bpr } } }, { kind: fedavg, training: { loss: { kind: full-softmax } } }]",
        ),
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:10:56  methods.1.training.loss: bpr compares positives with their sampled negatives, but feedback is explicit: rows carry their labels; choose bce or focal, or set data.feedback to implicit
      my.yaml:10:109  methods.2.training.loss: full-softmax predicts a sequence's next item, but model deepfm learns from rows here; choose bce or focal, or take sasrec, gru4rec or bert4rec on implicit feedback with data.columns.history
      "
    `));

  test("a full softmax of a model of rows, and of a model of sequences", () => {
    const loss = "training: { loss: { kind: full-softmax } }\n";
    expect(problems(minimal + loss)).toMatchInlineSnapshot(`
      "
      my.yaml:10:19  training.loss: full-softmax predicts a sequence's next item, but model deepfm learns from rows here; choose sampled-softmax or bpr, or take sasrec, gru4rec or bert4rec on implicit feedback with data.columns.history
      "
    `);
    expect(
      problems(
        `${minimal.replace("when }", "when, history: {} }")}${loss}model: { kind: sasrec }\n`.replace(
          "popularity, ",
          "",
        ),
      ),
    ).toBe("no problem");
  });

  test("models that need a history, labels or a scenario; the methods that train none do not", () => {
    expect(problems(`${oneLabel}model: { kind: esmm }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:11:8  model: model "esmm" needs two tasks, a click and the conversion that follows it, the data have 1 (label); name two label columns, the click's first, or choose another model
      "
    `);
    expect(problems(`${oneLabel}model: { kind: star }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:11:8  model: model "star" needs the scenario of each example as the feature "scenario", and the data have no categorical feature of this name (categorical features: user, item, price, past); name a categorical column with one value per row under model.scenario
      "
    `);
    expect(edited("local, fedavg]", "{ kind: local, model: { kind: din } }, fedavg]"))
      .toMatchInlineSnapshot(`
      "
      my.yaml:9:45  methods.1.model: model "din" needs a history of values of another feature, such as a user's past items; the data have none (categorical features: user, item); add history under data.columns
      "
    `);
    expect(problems(`${minimal.replace("local, fedavg", "ease")}model: { kind: din }\n`)).toBe(
      "no problem",
    );
  });

  test("a model that one client's own columns leave without what it needs", () =>
    expect(
      problems(
        `${oneLabel.replace("path: fr.csv", "path: fr.csv, columns: { sequences: [] }")}model: { kind: din }\n`,
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:8:34  data.clients.fr.columns: makes the features user (user), item (item), price (context); data.columns makes user (user), item (item), price (context), past (context) of 50; method fedavg joins what clients learn of each feature: give all the same, in the same order, or remove fedavg
      my.yaml:8:34  data.clients.fr.columns: model "din" needs a history of values of another feature, such as a user's past items; the data have none (categorical features: user, item, price); add history under data.columns
      "
    `));

  test("features that differ where models or rows are joined; alone, every client may have its own", () => {
    const differ = minimal.replace(
      "path: fr.csv",
      "path: fr.csv, columns: { numeric: [age], time: ts }",
    );
    expect(problems(differ)).toMatchInlineSnapshot(`
      "
      my.yaml:7:34  data.clients.fr.columns: makes the features user (user), item (item), age; data.columns makes user (user), item (item); method fedavg joins what clients learn of each feature: give all the same, in the same order, or remove fedavg
      "
    `);
    expect(problems(differ.replace(", fedavg", ""))).toBe("no problem");
    expect(problems(minimal.replace("path: fr.csv", "path: fr.csv, columns: { time: ts }"))).toBe(
      "no problem",
    );
    // What all clients say for themselves, data.columns need not say; rows may list it in any order.
    const own = minimal
      .replace("fedavg", "centralised")
      .replace("path: de.csv", "path: de.csv, columns: { numeric: [age, price] }")
      .replace("path: fr.csv", "path: fr.csv, columns: { numeric: [price, age] }");
    expect(problems(own)).toBe("no problem");
    expect(problems(own.replace("centralised", "fedavg"))).toContain("in the same order");
    expect(problems(own.replace("[price, age]", "[price]"))).toContain(
      'client "de" makes user (user), item (item), age, price; method centralised joins',
    );
  });

  test("roles in conflict, and roles that the split needs", () =>
    expect(
      problems(
        labelled
          .replace("time: when, ", "")
          .replace("like: item", "like: itme")
          .replace("column: price", "column: buy")
          .replace("common: [item, price, past]", "common: []")
          .replace("kind: random", "kind: leave-one-out"),
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:4:12  data.columns: column "buy" is the label and a numeric feature at once, so a model would read the answer; remove it from data.columns.numeric
      my.yaml:4:12  data.columns: data.columns.sequences: "past" has values like those of "itme", which is no categorical feature with one value; there are: user, item
      my.yaml:4:12  data.columns: split leave-one-out takes each user's last rows, but no column has the role time; name one in data.columns.time or set split.kind to random
      "
    `));

  test("several labels with implicit feedback", () =>
    expect(edited("when }", "when, labels: { a: x, b: y } }")).toMatchInlineSnapshot(`
      "
      my.yaml:4:12  data.columns: implicit feedback knows positives alone, but data.columns.labels names 2 labels (a, b); keep one as data.columns.label, or set data.feedback to explicit
      "
    `));

  test("shared features that have no rows of their own, or none that mean the same", () =>
    expect(problems(`${labelled}federation: { shared: [past, price] }\n`)).toMatchInlineSnapshot(`
      "
      my.yaml:11:24  federation.shared.0: "past" reads the rows of item and has none of its own; share item
      my.yaml:11:30  federation.shared.1: "price" is put into buckets of each client's own rows, so that bucket 3 means other numbers elsewhere; do not share it
      "
    `));

  test("a start of a model that knows none, and from a method that leaves none", () => {
    expect(edited("fedavg]", "{ kind: fedavg, startFrom: [local] }]")).toMatchInlineSnapshot(`
      "
      my.yaml:9:57  methods.2.startFrom: model deepfm knows no start from another, as neumf does; remove startFrom
      "
    `);
    expect(
      edited(
        "fedavg]",
        "{ kind: fedavg, model: { kind: neumf }, startFrom: [local, popularity] }]",
      ),
    ).toMatchInlineSnapshot(`
      "
      my.yaml:9:89  methods.2.startFrom.1: method popularity leaves no trained model to start from; name one that trains a model
      "
    `);
  });

  test("FedBN with a norm by scenario is one with normalisation", () =>
    expect(
      problems(
        `${oneLabel.replace("popularity, local, fedavg", "fedbn").replace("numeric:", "categorical: [scenario], numeric:")}model: { kind: star }\n`,
      ),
    ).toBe("no problem"));

  test("methods that keep a model's head at home, of a model that has none", () => {
    const entries = "fedper, { kind: fedhca2, model: { kind: mmoe } }, ";
    const personal = minimal.replace("popularity, ", entries);
    expect(problems(`${personal}model: { kind: lr }\n`)).toBe(
      "\nmy.yaml:9:11  methods.0: fedper keeps a model's head at home, but model lr has neither towers of tasks nor a last layer of its own; take one that has, such as mmoe or deepfm, or another method, such as ditto\n",
    );
    expect(problems(`${personal}model: { kind: shared-bottom }\n`)).toBe("no problem");
  });
});
