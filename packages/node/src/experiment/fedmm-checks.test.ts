import { describe, expect, test } from "vitest";
import { minimal, problems } from "./problems.fixture.ts";

const methods = (entry: string, text = minimal) =>
  text.replace("methods: [popularity, local, fedavg]", `methods: [local, ${entry}]`);
const told = (entry: string) => problems(methods(entry));

describe.each(["fedmm", "centralised-codes"])("%s", (kind) => {
  test("with its defaults is accepted", () => expect(told(kind)).toBe("no problem"));

  test("needs users and items", () =>
    expect(problems(methods(kind, minimal.replace("user: who, ", "")))).toContain(
      `methods.1: ${kind} learns from who chose what, but not every client has a column with the role user; name one in data.columns.user, or remove ${kind}`,
    ));

  test("needs rows in memory", () =>
    expect(
      problems(methods(kind, minimal.replace("  clients:", "  storage: disk\n  clients:"))),
    ).toContain(
      `methods.1: ${kind} needs rows in memory, but data.storage is disk; set it to memory, or remove ${kind}`,
    ));

  test("settings of the quantiser that do not fit one another", () => {
    const privacy = "{ clipNorm: 1, noiseMultiplier: 1 }";
    expect(told(`{ kind: ${kind}, codebooks: { privacy: ${privacy} } }`)).toContain(
      "methods.1.codebooks.privacy: noise is added to sums, but codebooks.aggregation is usage; set it to sums, or remove privacy",
    );
    expect(told(`{ kind: ${kind}, codebooks: { entities: [item, item] } }`)).toContain(
      "methods.1.codebooks.entities: item, item names one entity twice; name each once",
    );
    expect(told(`{ kind: ${kind}, codebooks: { levels: [local, local] } }`)).toBe("no problem");
  });

  test("text that items do not have", () =>
    expect(told(`{ kind: ${kind}, alignment: { text: { feature: title } } }`)).toContain(
      'methods.1.alignment.text.feature: "title" is no item feature with words',
    ));
});

test("centralised-codes has no setting about what travels, and takes no vectors from elsewhere", () => {
  const unknown = (block: string) => told(`{ kind: centralised-codes, ${block} }`);
  expect(unknown("channels: { embeddings: usage }")).toContain("embeddings: unknown key");
  expect(unknown("channels: { head: federated }")).toContain("is not one of none, local");
  expect(unknown("alignment: { anchors: true }")).toContain("anchors: unknown key");
  expect(unknown("collaborative: { from: local }")).toContain("from: unknown key");
});

test("an epsilon is refused beside anything else that is sent without noise", () => {
  const noisy = (block: string) =>
    told(
      `{ kind: fedmm, codebooks: { aggregation: sums, privacy: { clipNorm: 1, noiseMultiplier: 2 } }, ${block} }`,
    );
  expect(noisy("channels: { embeddings: local, head: none }")).toBe("no problem");
  expect(noisy("alignment: { share: codebook+network }")).toContain(
    "methods.1.codebooks.privacy: protects sums, but alignment.share, channels.embeddings, channels.head would send what market data taught without noise; set alignment.share to codebook, channels.embeddings to local, channels.head to local or none, or remove privacy",
  );
  expect(noisy("channels: { embeddings: local, head: local, dense: federated }")).toContain(
    "but channels.dense would send",
  );
});

test("noise needs sums that are sent", () =>
  expect(
    told(
      "{ kind: fedmm, codebooks: { levels: [local], aggregation: sums, privacy: { clipNorm: 1, noiseMultiplier: 2 } } }",
    ),
  ).toContain(
    "methods.1.codebooks.privacy: is noise on what is sent of global levels, but codebooks.levels has none, so that nothing is sent; add global, or remove privacy",
  ));

test("anchors need vectors that last from pass to pass", () =>
  expect(
    told("{ kind: fedmm, alignment: { anchors: true }, collaborative: { model: { kind: svd } } }"),
  ).toContain(
    "methods.1.alignment.anchors: averages item vectors while they are learned, and svd has none that last; set collaborative.model to lightgcn or mf-bpr, or anchors to false",
  ));

test("an id is not suggested as text", () =>
  expect(told("{ kind: fedmm, alignment: { text: { feature: title } } }")).toContain(
    '"title" is no item feature with words; there is none: declare a bag of words of: item',
  ));

test("vectors are taken from a method that trains them", () =>
  expect(
    told(
      "{ kind: fedmm, name: one }, { kind: fedmm, name: two, collaborative: { from: one } }, { kind: fedmm, name: three, collaborative: { from: two } }",
    ),
  ).toContain(
    'methods.3.collaborative.from: "two" trains no vectors, it takes those of "one" itself; set from to one',
  ));
