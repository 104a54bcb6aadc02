import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { ExperimentError } from "@atoll/node/experiment";
import { defaultPolicyYaml } from "./default-policy.ts";
import { parsePolicy, policyConfig, readPolicy } from "./policy-file.ts";

const issuesOf = (yaml: string) => {
  try {
    parsePolicy(yaml, "policy.yaml");
  } catch (error) {
    if (!(error instanceof ExperimentError)) throw error;
    return error.issues.map(({ at, path, message }) => `${at} ${path}: ${message}`);
  }
  return [];
};

describe("a policy file", () => {
  test("that says nothing has every rule at its default", () => {
    expect(parsePolicy("", "policy.yaml")).toEqual({
      methods: "any",
      experiments: "any",
      programs: "any",
      columns: { allow: "any", deny: [] },
      sharedColumns: "any-but-user",
      minimumRows: 100,
      requirePrivacy: false,
      publicColumns: [],
      maximumDelta: 1e-5,
      maximumRounds: 1000,
      maximumSeeds: 10,
      maximumBytesUp: 10 * 2 ** 30,
      augmentation: "local",
    });
  });

  test("is read from a disk", async () => {
    const folder = await mkdtemp(join(tmpdir(), "atoll-policy-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "policy.yaml");
    await writeFile(path, "methods: [local, fedavg]\nmaximumEpsilon: { user: 3 }\n");
    expect(await readPolicy(path)).toMatchObject({
      methods: ["local", "fedavg"],
      maximumEpsilon: { user: 3 },
    });
    await expect(readPolicy(join(folder, "none.yaml"))).rejects.toThrow(
      /none\.yaml.*there is no such file; `atoll client join` writes one/,
    );
  });

  test("is wrong in all places at once, each with its line, its value and the way out", () => {
    expect(
      issuesOf(`methods: [fedavg, fedagv]
minimumRow: 10
maximumRounds: 0
requirePrivacy: ours
columns: { denied: [a] }
programs: [ABC]
maximumEpsilon: { users: 3 }
`),
    ).toMatchInlineSnapshot(`
      [
        "policy.yaml:1:19 methods.1: "fedagv" is not one of popularity, recency, item-knn, ease, mf-bpr, lightgcn, local, centralised, centralised-codes, best-possible, fedavg, fedprox, fedbn, fedadam, scaffold, fedavg-finetuned, ditto, fedper, fedrep, fedamp, fedhca2, fcf, pfedrec, feddcsr, p2fcdr, fedmm, pf-msmtrec, c2dsr, tri-cdr, centralised-fedcctr, fedcctr; did you mean "fedavg"?",
        "policy.yaml:6:12 programs.0: "ABC": give a SHA-256 as 64 digits of lower-case hexadecimal",
        "policy.yaml:5:12 columns.denied: unknown key; known here: allow, deny",
        "policy.yaml:4:17 requirePrivacy: "ours" is not one of true, false, own",
        "policy.yaml:7:19 maximumEpsilon.users: unknown key; did you mean "user"?",
        "policy.yaml:3:16 maximumRounds: 0 is too small; give more than 0",
        "policy.yaml:2:1 minimumRow: unknown key; did you mean "minimumRows"?",
      ]
    `);
  });

  test("that requires privacy says how much: else noise of nearly nothing would do", () => {
    for (const [how, shown] of [
      ["true", "true"],
      ["own", '"own"'],
    ]) {
      expect(issuesOf(`minimumRows: 7\nrequirePrivacy: ${how}\n`)).toEqual([
        `policy.yaml:2:17 requirePrivacy: ${shown}: asks for noise and not for how much of it, so that noise of nearly nothing would do; add maximumEpsilon, such as maximumEpsilon: 8, or set requirePrivacy: false`,
      ]);
      expect(issuesOf(`requirePrivacy: ${how}\nmaximumEpsilon: 8\n`)).toEqual([]);
    }
  });

  test("that is no YAML is refused", () => {
    expect(issuesOf("methods: [")).toHaveLength(1);
  });

  test("cannot allow everything by an empty list", () => {
    for (const rule of ["methods", "experiments", "programs"])
      expect(issuesOf(`${rule}: []`)).toHaveLength(1);
  });
});

describe("the policy file of a new silo", () => {
  test("says every default as it is", () => {
    expect(parsePolicy(defaultPolicyYaml, "policy.yaml")).toEqual(policyConfig.parse({}));
  });

  test("names every rule", () => {
    for (const rule of Object.keys(policyConfig.shape))
      expect(defaultPolicyYaml).toMatch(new RegExp(`^(# )?${rule}:`, "m"));
  });
});
