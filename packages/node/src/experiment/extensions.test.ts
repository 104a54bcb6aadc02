import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { minimal } from "./problems.fixture.ts";
import { ExperimentError } from "./issue.ts";
import { loadNamed, parseExperiment, parseOverride } from "./read.ts";
import { experimentJsonSchema } from "./schema.ts";

const directory = resolve(import.meta.dirname, "../../../../examples/extending");
const metric = "extensions: [./my-metric.ts]\n";

/** What is wrong with a text that lies in the folder of the examples. */
function problems(text: string, ...overrides: string[]): string {
  try {
    parseExperiment(text, "my.yaml", overrides.map(parseOverride), { directory });
  } catch (error) {
    if (error instanceof ExperimentError) return error.message;
    throw error;
  }
  return "no problem";
}

const load = (text: string) => loadNamed({ text, file: "my.yaml", directory });

test("until modules are loaded, and without a folder, an experiment may name none", () => {
  const text = minimal + metric;
  expect(problems(text)).toBe(
    'my.yaml:10:14  extensions.0: "./my-metric.ts" is not loaded: this process has not loaded it from there',
  );
  expect(() => parseExperiment(text, "job")).toThrow(
    'job:10:14  extensions.0: "./my-metric.ts" is not loaded: what comes from elsewhere is data, never code; remove it, and what it adds',
  );
});

test("what is wrong with modules is said with their places in the file", async () => {
  const text = "extensions:\n  - ./absent.ts\n  - ./experiment.yaml\n";
  await expect(load(text)).rejects.toThrow(
    new RegExp(
      `^my\\.yaml:2:5  extensions\\.0: extension ./absent\\.ts: there is no file ${join(directory, "absent.ts")};.*\n` +
        "my\\.yaml:3:5  extensions\\.1: extension ./experiment\\.yaml: cannot be loaded: ",
    ),
  );
  // What is no list of names is the schema's to refuse.
  expect(await load("extensions: { a: 1 }")).toEqual([]);
  expect(problems(`${minimal}extensions: ./my-metric.ts\n`)).toMatch(
    /^my\.yaml:10:13 {2}extensions: "\.\/my-metric\.ts" is not a list/,
  );
});

test("names are known where their modules are named, with the usual suggestions, and nowhere else", async () => {
  const modules = "extensions: [./my-method.ts, ./my-model.ts, ./my-metric.ts]\n";
  await load(modules);
  const own = minimal.replace("fedavg]", "{ kind: fedbabu, passes: 2 }]");
  const model = "model: { kind: nfm, width: 4 }\n";
  expect(problems(own + model + modules)).toBe("no problem");
  expect(problems(own + model)).toMatch(/kind: "fedbabu" is not one of popularity, .*, fedcctr$/m);
  expect(problems(own + model)).toMatch(
    /model\.kind: "nfm" is not one of lr, .*, pepnet; did you mean "fm"/m,
  );
  expect(problems(own.replace("passes", "pases") + modules)).toMatch(
    /methods\.2\.pases: unknown key; did you mean "passes"\?/,
  );
  expect(problems(own.replace("fedbabu", "fedbab") + modules)).toMatch(
    /kind: "fedbab" is not one of .*, fedbabu; did you mean "fedbabu"\?/,
  );
  expect(problems(modules + own, "model={ kind: nfm, hiden: [3] }")).toMatch(
    /^--set model=\{ kind: nfm, hiden: \[3\] \} {2}model\.hiden: unknown key; did you mean "hidden"\?/,
  );
});

test("a metric of another experiment's module is not this one's", async () => {
  await load(metric);
  const measured = "evaluation: { metrics: [auc, brier] }\n";
  expect(problems(minimal + metric + measured)).toBe("no problem");
  expect(problems(minimal + measured)).toBe(
    'my.yaml:10:30  evaluation.metrics.1: "brier" is of an extension that the experiment does not name',
  );
  const selecting = minimal.replace("fedavg]", "{ kind: fedavg, training: { selectBy: brier } }]");
  expect(problems(selecting)).toMatch(
    'methods.2.training.selectBy: "brier" is of an extension that the experiment does not name',
  );
});

test("a method's checks of its model hold: FedBABU needs a head", async () => {
  const modules = "extensions: [./my-method.ts]\n";
  await load(modules);
  const own = minimal.replace("fedavg]", "fedbabu]");
  expect(problems(`${own}${modules}model: { kind: fm }\n`)).toMatch(
    /methods\.2: fedbabu keeps a model's head at home, but model fm has neither/,
  );
});

test("the schema for editors knows what an extension adds", async () => {
  const modules = "extensions: [./my-method.ts, ./my-model.ts]\n";
  const loaded = await load(modules);
  const without = JSON.stringify(experimentJsonSchema());
  const given = JSON.stringify(
    experimentJsonSchema(loaded.flatMap(({ extensions }) => extensions)),
  );
  for (const name of ['"fedbabu"', '"nfm"']) {
    expect(without).not.toContain(name);
    expect(given).toContain(name);
  }
});
