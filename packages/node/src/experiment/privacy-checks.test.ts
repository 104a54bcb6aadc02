import { describe, expect, test } from "vitest";
import { minimal, problems } from "./problems.fixture.ts";

/** Labelled rows whose features can be learned from without telling anything of training rows. */
const labelled = `data:
  kind: files
  feedback: explicit
  columns:
    user: who
    label: click
    categorical: [{ column: shop, hash: 100 }]
    numeric: [{ column: price, scale: none }]
  clients:
    de: { path: de.csv }
    fr: { path: fr.csv }
split: { kind: random, valid: 0.2, test: 0.2 }
model: { kind: lr }
training: { select: last }
`;

const dpSgd = "{ kind: dp-sgd, noiseMultiplier: 1, assumePublic: [user] }";

/** Problems of the experiment above, with a promise for all its methods, and pieces replaced. */
function told(
  privacy: string,
  { methods = "[local, fedavg]", edit = [] as readonly (readonly [string, string])[] } = {},
): string {
  const text = edit.reduce((now, [from, to]) => {
    expect(now).toContain(from);
    return now.replace(from, to);
  }, labelled);
  return problems(`${text}methods: ${methods}\nprivacy: ${privacy}\n`);
}

const update = (kind: string) =>
  `{ kind: ${kind}${kind === "central" ? ", noiseMultiplier: 1" : ""}${kind === "distributed" ? ", minimumClients: 2" : ""} }`;

test.each([dpSgd, "{ kind: dp-sgd, epsilon: 3, assumePublic: [user] }"])(
  "%s is accepted where nothing else is told",
  (privacy) =>
    expect(told(privacy, { methods: "[local, centralised, fedavg, fedprox, fedadam]" })).toBe(
      "no problem",
    ),
);

test.each(["central", "local", "distributed"])(
  "%s is accepted by methods whose updates the server adds up, and needs no public features",
  (kind) =>
    expect(told(update(kind), { methods: "[fedavg, fedprox, fedadam]" })).toBe("no problem"),
);

test("noise that could not decay to its least is refused: it would begin without a promise", () => {
  const local = (settings: string) => told(`{ kind: local, ${settings} }`, { methods: "[fedavg]" });
  expect(local("noiseMultiplier: 0, leastNoise: 1")).toContain(
    "privacy.leastNoise: 1 is more than noiseMultiplier 0, from which noise decays; give noiseMultiplier at least as much, or a smaller leastNoise",
  );
  expect(local("noiseMultiplier: 1, leastNoise: 1")).toBe("no problem");
});

describe("a method that would send more than the promise allows is refused", () => {
  test("for all kinds of promises, with those that can, and the way out", () => {
    expect(told(dpSgd, { methods: "[popularity, fedavg]" })).toContain(
      'methods.0: popularity cannot promise "dp-sgd", which local, centralised, fedavg, fedprox, fedadam can; choose one of them, or give popularity a promise of its own: privacy: { kind: none }',
    );
    expect(told(update("central"), { methods: "[local, scaffold]" })).toMatch(
      /methods.0: local cannot promise "central", which fedavg, fedprox, fedadam, fedcctr can.*\n.*methods.1: scaffold cannot/,
    );
  });

  test("its own promise stands before the experiment's", () => {
    expect(
      told(dpSgd, { methods: "[fedavg, { kind: popularity, privacy: { kind: none } }]" }),
    ).toBe("no problem");
    expect(told("{ kind: none }", { methods: `[{ kind: ditto, privacy: ${dpSgd} }]` })).toContain(
      'methods.0.privacy.kind: ditto cannot promise "dp-sgd"',
    );
  });
});

describe("noise", () => {
  test.each(["dp-sgd", "central"])("of %s is a multiplier or follows from an epsilon", (kind) => {
    const own = kind === "dp-sgd" ? ", assumePublic: [user]" : "";
    const methods = "[fedavg]";
    expect(told(`{ kind: ${kind}${own} }`, { methods })).toContain(
      "privacy.noiseMultiplier: is missing, and so is epsilon; give noiseMultiplier, or epsilon for the noise that spends it over all planned steps",
    );
    expect(told(`{ kind: ${kind}, noiseMultiplier: 2, epsilon: 3${own} }`, { methods })).toContain(
      "privacy.epsilon: 3 is given beside noiseMultiplier 2, and each follows from the other; remove one of them (a budget is cap)",
    );
  });

  test("of 0 promises nothing, which is allowed, and passes every cap, which is told", () => {
    const central = (rest: string) =>
      told(`{ kind: central, noiseMultiplier: 0${rest} }`, { methods: "[fedavg]" });
    expect(central("")).toBe("no problem");
    expect(central(", cap: 3")).toContain(
      "privacy.cap: 3 would stop everything: with noiseMultiplier 0 nothing is promised, and the first release passes any cap; add noise, or remove cap",
    );
  });

  test.each(["dp-sgd, assumePublic: [user]", "central", "local"])(
    "of %s hides nothing without a bound",
    (kind) => {
      const unbounded = (noiseMultiplier: number) =>
        told(`{ kind: ${kind}, clipNorm: infinity, noiseMultiplier: ${noiseMultiplier} }`, {
          methods: "[fedavg]",
        });
      expect(unbounded(1)).toContain(
        "privacy.clipNorm: is infinity, and no noise hides what may be infinitely large; give a number, or set noiseMultiplier to 0, which promises nothing",
      );
      expect(unbounded(0)).toBe("no problem");
    },
  );

  test("that is added up over trainings needs an accountant that may follow what came before", () =>
    expect(
      told("{ kind: local, accountant: pld, ledger: budget.sqlite }", { methods: "[fedavg]" }),
    ).toContain(
      "privacy.accountant: pld adds up schedules that were fixed in advance, but trainings that share a ledger follow one another; set it to rdp, or remove ledger",
    ));

  test("of more clients than take part is never whole", () => {
    const many = (federation: string) =>
      told("{ kind: distributed, minimumClients: 2 }", {
        methods: "[fedavg]",
        edit: [["training:", `federation: ${federation}\ntraining:`]],
      });
    expect(many("{ clientsPerRound: 1 }")).toContain(
      "privacy.minimumClients: 2 is more than the 1 clients that a round can have, so that nothing would ever be released; give a smaller number, or raise federation.clientsPerRound",
    );
    expect(many("{ clientsPerRound: 1, cohort: poisson }")).toBe("no problem");
  });

  test("on the count that moves a bound must leave something for the sum", () => {
    expect(
      told("{ kind: central, noiseMultiplier: 1, clipNorm: { quantile: 0.5 } }", {
        methods: "[fedavg]",
      }),
    ).toContain(
      "privacy.clipNorm.countNoise: 0.1 (a twentieth of 2 units a step) makes the count of unclipped units cost more than noiseMultiplier 1 allows in all; give more than 0.5, or a fixed clipNorm",
    );
    expect(
      told(
        "{ kind: dp-sgd, noiseMultiplier: 1, clipNorm: { quantile: 0.5 }, assumePublic: [user] }",
      ),
    ).toBe("no problem");
  });
});

describe("what would leave beside the noise", () => {
  test("a round that validation rows choose", () =>
    expect(told(dpSgd, { edit: [["training: { select: last }", "training: {}"]] })).toContain(
      "training.select: is best: local would choose a round by its validation rows, which its promise does not pay for; set it to last",
    ));

  test.each([dpSgd, update("central"), update("local"), update("distributed")])(
    "%s: running statistics",
    (privacy) =>
      expect(
        told(privacy, {
          methods: "[fedavg]",
          edit: [["{ kind: lr }", "{ kind: deepfm, batchNorm: true }"]],
        }),
      ).toContain(
        "model: keeps running means and variances of the rows themselves, which no noise protects; turn its batch normalisation off, or give fedavg privacy: { kind: none }",
      ),
  );

  test("a start from a model that another account paid for", () =>
    expect(
      told("{ kind: none }", {
        methods: `[{ kind: local, name: gmf }, { kind: local, name: mlp }, { kind: local, name: both, startFrom: [gmf, mlp], privacy: ${dpSgd} }]`,
      }),
    ).toContain(
      "methods.2.startFrom: gmf, mlp learned from the same rows, and what that cost is in no account of both; remove startFrom",
    ));

  const shared = (embeddings: string, privacy: string, column: string) =>
    told(privacy, {
      methods: "[fedavg]",
      edit: [
        ["  clients:", "  common: [shop]\n  clients:"],
        ["[{ column: shop, hash: 100 }]", column],
        [
          "training:",
          `federation: { shared: [shop], federatedEmbeddings: ${embeddings} }\ntraining:`,
        ],
      ],
    });

  test.each(["central", "local", "distributed"])("%s: vocabularies of shared tables", (kind) => {
    const message =
      "federation.shared: has clients say which values of shop their training rows hold, which nothing protects; give each a hash in data.columns, name it in privacy.assumePublic if its values are public knowledge, or do not share it";
    expect(shared("mean", update(kind), "[shop]")).toContain(message);
    expect(shared("mean", update(kind), "[{ column: shop, hash: 100 }]")).toBe("no problem");
    expect(shared("off", update(kind), "[shop]")).toBe("no problem");
    const assumed = update(kind).replace(" }", ", assumePublic: [shop] }");
    expect(shared("mean", assumed, "[shop]")).toBe("no problem");
  });

  test("how many rows hold each value", () =>
    expect(shared("count-weighted", update("local"), "[{ column: shop, hash: 100 }]")).toContain(
      "federation.federatedEmbeddings: count-weighted has clients say how many rows hold each value, which nothing protects; set it to mean, or off",
    ));

  test("encoders that are fitted to training rows, where rows are what is protected", () => {
    const columns = [
      ["hash: 100", "minCount: 2"],
      ["scale: none", "scale: log"],
    ] as const;
    const plain = told(dpSgd, { edit: columns });
    expect(plain).toContain(
      "privacy.assumePublic: does not name shop, whose vocabulary, or quantiles, would come from training rows and tell of them without noise; give each a hash in data.columns (users: userHash), or name it here if its values are public knowledge",
    );
    expect(plain).toContain(
      "privacy.assumePublic: does not name price, whose mean and deviation would come from training rows without noise; set their scale to none in data.columns, or name them here if both are public knowledge",
    );
    expect(told(dpSgd, { edit: [["scale: none", "scale: quantiles"]] })).toContain(
      "does not name price, whose vocabulary, or quantiles",
    );
    const assumed = "{ kind: dp-sgd, noiseMultiplier: 1, assumePublic: [user, shop, price] }";
    expect(told(assumed, { edit: columns })).toBe("no problem");
    expect(told(update("local"), { methods: "[fedavg]", edit: columns })).toBe("no problem");
  });

  test("a public feature that there is not", () =>
    expect(told("{ kind: local, assumePublic: [ship] }", { methods: "[fedavg]" })).toContain(
      'privacy.assumePublic.0: "ship" is no feature; did you mean "shop"?',
    ));
});

describe("dp-sgd needs units of its own", () => {
  test("users need a column", () =>
    expect(
      told("{ kind: dp-sgd, noiseMultiplier: 1, unit: user }", { edit: [["    user: who\n", ""]] }),
    ).toContain(
      "privacy.unit: is user, but not every client has a column with the role user; name one in data.columns.user, or set it to example",
    ));

  test("users of pooled clients are not told apart", () => {
    const users = "{ kind: dp-sgd, noiseMultiplier: 1, unit: user }";
    const edit = [["    user: who\n", "    user: who\n    userHash: 8\n"]] as const;
    expect(told(users, { edit })).toBe("no problem");
    expect(told(users, { edit, methods: "[centralised]" })).toContain(
      "privacy.unit: is user, but centralised pools the clients' rows, where users are numbered client by client; set it to example",
    );
  });

  test("where users are protected, their table must not say who is there", () => {
    const users = (more: string) => told(`{ kind: dp-sgd, noiseMultiplier: 1, unit: user${more} }`);
    expect(users(", assumePublic: [user]")).toContain(
      "privacy.assumePublic: names user, but users are what is protected: rows of a table that each belong to one say who is there; take it out, and set data.columns.userHash",
    );
    expect(users("")).toContain(
      "privacy.assumePublic: does not name user, whose vocabulary, or quantiles, would come from training rows and tell of them without noise; give each a hash in data.columns (users: userHash)",
    );
  });

  test("rows that others' histories show are not units, users are", () => {
    const edit = [
      [
        "    user: who\n",
        "    user: who\n    userHash: 8\n    item: what\n    time: when\n    history: {}\n",
      ],
    ] as const;
    const unit = (name: string) =>
      told(`{ kind: dp-sgd, noiseMultiplier: 1, unit: ${name}, assumePublic: [item] }`, {
        edit,
      });
    expect(unit("example")).toContain(
      "privacy.unit: is example, but data.columns.history shows each row what the user's other rows hold; set it to user, remove the history, or give local privacy: { kind: none }",
    );
    expect(unit("user")).toBe("no problem");
  });

  test("sampled negatives and losses over them depend on other rows", () => {
    const implicit = problems(
      `${minimal}training: { select: last }\nprivacy: { kind: dp-sgd, noiseMultiplier: 1, assumePublic: [user, item] }\n`.replace(
        "[popularity, local, fedavg]",
        "[{ kind: local, training: { loss: { kind: bpr } } }]",
      ),
    );
    expect(implicit).toContain(
      "privacy.kind: is dp-sgd, but feedback is implicit: negatives are drawn around what other rows hold; take data with labels, or give local privacy: { kind: none }",
    );
    expect(implicit).toContain(
      "methods.0.training.loss: bpr compares rows with one another, so that a row's gradient is not its own; set it to bce or focal",
    );
  });

  test("rows are drawn one by one", () =>
    expect(told(dpSgd, { edit: [["  clients:", "  storage: disk\n  clients:"]] })).toContain(
      "data.storage: is disk, but dp-sgd draws rows one by one; set it to memory, or give local privacy: { kind: none }",
    ));
});

describe("trainings that share a ledger", () => {
  const shared = (kind: string, ledger: string) =>
    kind === "dp-sgd"
      ? `{ kind: dp-sgd, noiseMultiplier: 1, assumePublic: [user], ledger: ${ledger} }`
      : `{ kind: ${kind}${kind === "central" ? ", noiseMultiplier: 1" : ""}, ledger: ${ledger} }`;
  const both = (second: string, kind: string, ledger = "all.sqlite") =>
    told("{ kind: none }", {
      methods: `[{ kind: fedavg, name: one, privacy: ${shared("local", "./all.sqlite")} }, { kind: ${second}, name: two, privacy: ${shared(kind, ledger)} }]`,
    });

  test("charge client by client, or all clients at once, and not both", () => {
    expect(both("fedavg", "central")).toContain(
      "methods.1.privacy.ledger: all.sqlite would have an account of each client for one, and one of all clients for two: what a client's rows lose in both would be in neither, so that no cap held; give two a ledger of its own, whose epsilons are to be added",
    );
    expect(both("centralised", "dp-sgd")).toContain("methods.1.privacy.ledger: all.sqlite would");
    expect(both("local", "dp-sgd")).toBe("no problem");
    expect(both("fedavg", "central", "other.sqlite")).toBe("no problem");
  });

  test("of one promise for methods of both sorts are told by the method", () =>
    expect(told(shared("dp-sgd", "all.sqlite"), { methods: "[local, centralised]" })).toContain(
      "methods.1: all.sqlite would have an account of each client for local, and one of all clients for centralised",
    ));

  test("leave the name of the account of all to it", () =>
    expect(
      told(shared("local", "all.sqlite"), {
        methods: "[fedavg]",
        edit: [["    fr: ", '    "all clients": ']],
      }),
    ).toContain(
      'privacy.ledger: all.sqlite calls the account of all clients together "all clients", as one client is called; rename the client, or remove ledger',
    ));
});

test("everything is told at once, and nothing twice", () => {
  const all = told("{ kind: dp-sgd, unit: user }", {
    edit: [
      ["    user: who\n", ""],
      ["training: { select: last }", "training: {}"],
    ],
  });
  expect(all.match(/privacy.noiseMultiplier: is missing/g)).toHaveLength(1);
  expect(all).toContain("privacy.unit: is user");
  expect(all.match(/training.select: is best/g)).toHaveLength(2);
});
