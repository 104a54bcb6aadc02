import { describe, expect, test } from "vitest";
import {
  methodConfigWith,
  methodKinds,
  methodOf,
  methods,
  resolveMethod,
} from "../methods/index.ts";
import { measure, parseMetric, type MetricDefinition } from "../metrics/index.ts";
import { scoredOf } from "../metrics/scored.fixture.ts";
import { buildModel, models } from "../models/index.ts";
import { schemaOf } from "../models/reference.fixture.ts";
import { extension, install, kindOfExport, z } from "./index.ts";

const copied = {
  ...methods.fedavg,
  config: z.strictObject({
    kind: z.literal("copied"),
    steps: z.number().default(3).describe("steps"),
  }),
};
const small = {
  ...models.lr,
  config: z.strictObject({ kind: z.literal("small"), scale: z.number().default(2) }),
};
const rows: MetricDefinition = {
  label: "Rows",
  summary: "How many rows there are.",
  higherIsBetter: true,
  needs: "labels",
  probabilities: false,
  cutoff: false,
  measure: ({ examples, numUsers }) => ({
    kind: "value",
    value: examples.numRows,
    influence: new Float64Array(numUsers),
    present: new Uint8Array(numUsers).fill(1),
  }),
};

/** The codes and messages of what is refused. */
function refused(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    return (error as { errors: { code: string; message: string }[] }).errors.map(
      ({ code, message }) => `${code} ${message}`,
    );
  }
  return [];
}

describe("before it is installed", () => {
  test("what an extension adds is known to nobody", () => {
    extension({ methods: { copied }, models: { small }, metrics: { rows } });
    expect(methodKinds()).not.toContain("copied");
    expect(() => methodOf("copied")).toThrow(
      expect.objectContaining({ code: "EXTENSION_NOT_LOADED" }),
    );
    expect(() => buildModel({ kind: "small" }, schemaOf(["user"]))).toThrow(/no model "small"/);
    expect(() => parseMetric("rows")).toThrow(expect.objectContaining({ code: "METRIC_UNKNOWN" }));
  });

  test("all that is malformed is said at once, by its name", () => {
    const config = z.object({ kind: z.literal("other"), privacy: z.string() });
    expect(
      refused(() =>
        extension({
          methods: { Mine: { config, role: "server" } as never },
          models: { mine: { summary: "", config: undefined, build: 3 } as never },
          metrics: { "a@b": { ...rows, needs: "pairs" as never } },
        }),
      ),
    ).toEqual(
      [
        'method "Mine": summary is missing; give a text',
        'method "Mine": role must be baseline or reference or federated',
        'method "Mine": parties is missing; give clients or pooled or population',
        'method "Mine": trainsModel is missing; give true or false',
        'method "Mine": stages is missing; give a function',
        'method "Mine": a name has small letters, digits and single hyphens, such as trimmed-mean',
        'method "Mine": config.kind must be z.literal("Mine")',
        'method "Mine": config lets unknown settings pass; make it with z.strictObject',
        'method "Mine": the setting privacy has a meaning for every method; give it another name',
        'model "mine": config is missing; give an object schema of zod',
        'model "mine": summary is empty; say what it is',
        'model "mine": build must be a function',
        'metric "a@b": needs must be labels or lists',
        'metric "a@b": a name has small letters, digits and single hyphens, such as trimmed-mean',
      ].map((problem) => `EXTENSION_INVALID ${problem}`),
    );
    expect(refused(() => extension({}))).toEqual([
      "EXTENSION_INVALID an extension adds nothing; give it methods, models or metrics by name",
    ]);
  });

  test("only what this copy of the library made is an extension", () => {
    const mine = extension({ metrics: { rows } });
    expect(kindOfExport(mine)).toBe("extension");
    expect(kindOfExport({ ...mine })).toBe("foreign");
    for (const other of [undefined, null, 3, extension, { methods: {} }])
      expect(kindOfExport(other)).toBe("other");
  });
});

describe("once it is installed", () => {
  test("names that are taken are refused together, and then nothing is added", () => {
    const taking = extension({
      methods: { copied, fedavg: { ...methods.fedavg } },
      metrics: { auc: { ...rows } },
    });
    expect(refused(() => install(taking, "./taking.ts"))).toEqual([
      'EXTENSION_NAME_TAKEN ./taking.ts adds the method "fedavg", a name that the library has taken; give it another name',
      'EXTENSION_NAME_TAKEN ./taking.ts adds the metric "auc", a name that the library has taken; give it another name',
    ]);
    expect(methodKinds()).not.toContain("copied");
  });

  test("its lines are looked up, checked and used like any other; again changes nothing", () => {
    const mine = extension({ methods: { copied }, models: { small }, metrics: { rows } });
    for (let time = 0; time < 2; time++) install(mine, "./mine.ts");
    expect(methodKinds().filter((kind) => kind === "copied")).toHaveLength(1);
    expect(resolveMethod("copied" as "fedavg")).toEqual({
      kind: "copied",
      name: "copied",
      steps: 3,
      startFrom: [],
    });
    const entry = { kind: "copied", model: { kind: "small" }, name: "a" };
    expect(resolveMethod(entry)["model"]).toEqual({ kind: "small", scale: 2 });
    const schema = schemaOf(["user", "item"]);
    expect(buildModel({ kind: "small", scale: 2 }, schema).embeddings).toEqual(
      buildModel({ kind: "lr" }, schema).embeddings,
    );
    const scored = scoredOf(
      [
        [0, 1, 0.5],
        [1, 0, 0.5],
      ],
      2,
    );
    expect(measure(["rows"], scored, { ties: "expected" })["rows"]).toMatchObject({ value: 2 });
  });

  test("an experiment may name it only where its extension is given, and with the same strictness", () => {
    install(extension({ methods: { copied }, models: { small }, metrics: { rows } }), "./mine.ts");
    const without = methodConfigWith({ methods: {}, models: {} });
    const given = methodConfigWith(extension({ methods: { copied }, models: { small } }));
    expect(without.safeParse("copied").success).toBe(false);
    expect(given.safeParse("copied").success).toBe(true);
    expect(given.safeParse("fedavg").success).toBe(true);
    expect(given.safeParse({ kind: "copied", model: { kind: "small", scale: 1 } }).success).toBe(
      true,
    );
    for (const wrong of [
      { kind: "copied", step: 3 },
      { kind: "copied", model: { kind: "small", scal: 1 } },
      { kind: "copied", steps: "3" },
    ])
      expect(given.safeParse(wrong).success).toBe(false);
  });
});
