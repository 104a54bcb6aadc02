import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SiloPolicy } from "../policy/index.ts";
import type { Job } from "../protocol/index.ts";
import { fakeServer } from "./coordinator.fixture.ts";
import type { SiloEvent } from "./events.ts";
import { tinyPopulation } from "./population.fixture.ts";
import { jobOf, siloBench, tinyExperiment, type SiloBench } from "./silos.fixture.ts";

/** A value of a row, and a part of a path: neither may leave the silo. */
const SECRET_VALUE = "4711.secret-price";
const SECRET_FOLDER = "ward-seven";

let bench: SiloBench;
let data: string;
beforeAll(async () => {
  bench = await siloBench();
  data = join(await bench.newFolder(), SECRET_FOLDER);
  await mkdir(join(data, "sub"), { recursive: true });
  const rows = Array.from({ length: 60 }, (_, i) => `${i % 2},s${i % 3},${i % 7}`);
  const table = (lines: readonly string[]) => ["click,shop,price", ...lines].join("\n");
  await writeFile(join(data, "good.csv"), table(rows));
  await writeFile(join(data, "sub", "part-1.csv"), table(rows));
  await writeFile(join(data, "bad.csv"), table([...rows, `1,s1,${SECRET_VALUE}`]));
  await writeFile(join(data, "one-class.csv"), table(rows.map((row) => `1${row.slice(1)}`)));
  await writeFile(join(data, "..", "outside.csv"), table(rows));
  await symlink(join(data, "..", "outside.csv"), join(data, "link.csv"));
  await symlink(join(data, ".."), join(data, "up"));
});
afterAll(() => bench.close());

function filesExperiment(path: string, own: Readonly<Record<string, unknown>> = {}) {
  return tinyExperiment({
    data: {
      kind: "files",
      directory: "/somewhere/of/the/server",
      feedback: "explicit",
      columns: { label: "click", categorical: ["shop"], numeric: ["price"] },
      clients: { a: { path }, b: { path: "not-here.csv" } },
    },
    federation: { rounds: 1 },
    ...own,
  });
}

interface Judged {
  readonly op: string;
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly events: readonly SiloEvent[];
}

/** What a silo says to a job. */
async function judged(job: Job | Uint8Array, policy?: SiloPolicy): Promise<Judged> {
  const server = fakeServer();
  const silo = bench.start(server, "a", {
    folder: await bench.newFolder(),
    data: { directory: data },
    ...(policy && { policy }),
  });
  const claim = job instanceof Uint8Array ? server.put(job) : server.putJob(job);
  server.order("a", { kind: "job", run: "run-1", job: claim });
  const { op, params } = await server.heard((said) => /accept|refuse/.test(said.op));
  await silo.stop();
  const { code, reason } = params as Pick<Judged, "code" | "reason">;
  return { op, code, reason, events: silo.events };
}

const ofFile = (path: string) => judged(jobOf(filesExperiment(path), { client: "a" }));

describe("a job's files", () => {
  test.each(["good.csv", "sub/part-*.csv", "sub/../good.csv".replace("sub/../", "./")])(
    "%s lies in the silo's folder, whatever data.directory says",
    async (path) => expect((await ofFile(path)).op).toBe("accept"),
  );

  test.each([
    "../outside.csv",
    "sub/../../outside.csv",
    "sub/../good.csv",
    "/etc/passwd",
    "link.csv",
    "up/outside.csv",
    "{..,sub}/outside.csv",
    "up/*.csv",
  ])("%s is refused, as it leaves the folder", async (path) => {
    const { op, code, reason } = await ofFile(path);
    expect([op, code]).toEqual(["refuse", "DATA_OUTSIDE"]);
    expect(reason).toBe(
      "a path of data.clients.a leads out of the silo's data folder; give a path below it, without ..",
    );
  });

  test("tables of a query are held to the same", async () => {
    const given = filesExperiment("good.csv", {
      data: {
        kind: "files",
        feedback: "explicit",
        columns: { label: "click", categorical: ["shop"] },
        clients: {
          a: { query: "SELECT * FROM t", tables: { t: { path: "../outside.csv" } } },
        },
      },
    });
    expect(await judged(jobOf(given, { client: "a" }))).toMatchObject({ code: "DATA_OUTSIDE" });
  });

  test("one that is missing is told by its code, and not by its path", async () => {
    const { code, reason, events } = await ofFile("gone.csv");
    expect(code).toBe("DATA_FILE_MISSING");
    expect(reason).toBe(
      "a client's file does not exist, or is a folder; the silo's own log says more",
    );
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: "job-refused",
        details: [expect.stringContaining(join(data, "gone.csv"))],
      }),
    );
  });

  test("values of rows stay where they are", async () => {
    const { code, reason, events } = await ofFile("bad.csv");
    expect(code).toBe("DATA_NOT_A_NUMBER");
    expect(reason).not.toContain(SECRET_VALUE);
    expect(reason).not.toContain(SECRET_FOLDER);
    expect(JSON.stringify(events)).toContain(SECRET_VALUE);
  });

  test("what labels there are is not even told by a code", async () => {
    const { code, reason } = await ofFile("one-class.csv");
    expect(code).toBe("SILO_ERROR");
    expect(reason).toMatch("something is wrong that the silo keeps to itself");
  });
});

describe("a job", () => {
  const job = jobOf(tinyExperiment(), { client: "a" });
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

  test.each([
    ["no JSON", new TextEncoder().encode("{"), "JOB_INVALID"],
    ["a version to come", text({ ...job, protocol: 2 }), "JOB_INVALID"],
    ["words to come", text({ ...job, code: "rm" }), "JOB_INVALID"],
    ["another run's", text({ ...job, run: "run-2" }), "JOB_INVALID"],
    ["a party that is none", text({ ...job, parties: { fedavg: "c" } }), "JOB_INVALID"],
    ["a method that is none", text({ ...job, methods: ["other"] }), "JOB_INVALID"],
    [
      "a model to come",
      text({ ...job, experiment: { ...job.experiment, model: { kind: "next" } } }),
      "EXPERIMENT_INVALID",
    ],
    [
      "a setting to come",
      text({ ...job, experiment: { ...job.experiment, x: 1 } }),
      "EXPERIMENT_INVALID",
    ],
  ])("of %s is refused", async (_, bytes, code) => {
    expect(await judged(bytes)).toMatchObject({ op: "refuse", code });
  });

  test("that names code to run is refused, and none of it runs", async () => {
    const path = join(data, "code.ts");
    await writeFile(path, 'throw new Error("it ran");');
    const job = jobOf(tinyExperiment(), { client: "a" });
    const experiment = { ...job.experiment, extensions: [path], methods: ["mine"] };
    const { code, reason } = await judged({ ...job, experiment });
    expect(code).toBe("EXPERIMENT_INVALID");
    expect(reason).toMatch(/is not loaded: what comes from elsewhere is data, never code/);
    expect(reason).not.toMatch("it ran");
  });

  test("of everybody's rows in one place is refused", async () => {
    const pooled = tinyExperiment({ methods: ["centralised"] });
    const given = { ...jobOf(pooled, { client: "a" }), parties: { centralised: "centralised" } };
    const { code, reason } = await judged(given);
    expect(code).toBe("JOB_INVALID");
    expect(reason).toMatch('names the method "centralised", which needs everybody\'s rows');
  });

  test("that would send prompts elsewhere is refused, even if it says that it may", async () => {
    const augmentation = {
      kind: "openai-compatible",
      baseUrl: "https://models.example/v1",
      allowRemote: true,
    };
    const methods = [{ kind: "fedcctr", augmentation }];
    const given = tinyExperiment({ ...tinyPopulation, methods });
    const own = { ...jobOf(given, { client: "a" }), parties: { fedcctr: "fedcctr-1" } };
    const { code, reason } = await judged(own);
    expect(code).toBe("AUGMENTATION_REMOTE");
    expect(reason).not.toContain("models.example");
  });
});

describe("the policy", () => {
  const job = jobOf(filesExperiment("good.csv"), { client: "a" });
  const refusal = {
    kind: "refused",
    code: "POLICY_REFUSED",
    reason: "the policy has a rule",
    details: ["rule: 3 of 4"],
  } as const;

  test("is asked before anything is looked at; its reason goes to the server, its details to the log", async () => {
    const missing = jobOf(filesExperiment("gone.csv"), { client: "a" });
    const { op, code, reason, events } = await judged(missing, { review: async () => refusal });
    expect([op, code, reason]).toEqual(["refuse", "POLICY_REFUSED", "the policy has a rule"]);
    expect(events).toContainEqual({
      kind: "job-refused",
      run: "run-1",
      code: "POLICY_REFUSED",
      reason: "the policy has a rule",
      details: ["rule: 3 of 4"],
    });
  });

  test("is asked again once there are numbers of rows, of this silo's clients alone", async () => {
    const asked: unknown[] = [];
    const policy: SiloPolicy = {
      review: async ({ clients, numRows, experiment }) => {
        asked.push({ clients, numRows, data: experiment.data.kind });
        return numRows === undefined ? { kind: "allowed" } : refusal;
      },
    };
    expect(await judged(job, policy)).toMatchObject({ op: "refuse", code: "POLICY_REFUSED" });
    expect(asked).toEqual([
      { clients: ["a"], numRows: undefined, data: "files" },
      { clients: ["a"], numRows: { a: 36 }, data: "files" },
    ]);
  });

  test("holds back an answer that would be too much; what it forbids later, it forbids", async () => {
    const server = fakeServer();
    const folder = await bench.newFolder();
    const given = tinyExperiment({ data: { kind: "synthetic", markets: { a: { rows: 300 } } } });
    const cell = { run: "run-1", seed: 1, method: "fedavg" };
    const sizes: number[] = [];
    const first = bench.start(server, "a", {
      folder,
      policy: {
        review: async () => ({ kind: "allowed" }),
        mayUpload: (_, sizeBytes) => {
          sizes.push(sizeBytes);
          return sizes.length < 2 ? { kind: "allowed" } : refusal;
        },
      },
    });
    const claim = server.putJob(jobOf(given, { client: "a" }));
    server.order("a", { kind: "job", run: "run-1", job: claim });
    await server.heard(({ op }) => op === "accept");
    await expect(bench.drive(given, cell, server.exchangeOf(cell))).rejects.toThrow(
      "POLICY_REFUSED",
    );
    const sent = server.answers.get("a")!;
    expect(sent).toHaveLength(1);
    expect(sizes[0]).toBe(sent[0]!.length);
    expect(sizes[1]).toBeGreaterThan(sizes[0]!);
    await first.stop();

    bench.start(server, "a", { folder, policy: { review: async () => refusal } });
    const request = server.put(new Uint8Array([1]));
    const from = server.said.length;
    server.order("a", { kind: "request", cell, seq: 6, request });
    const { params } = await server.heard(({ op }) => op === "fail", from);
    expect(params).toMatchObject({
      seq: 6,
      code: "POLICY_REFUSED",
      reason: "the policy has a rule",
    });
  });
});
