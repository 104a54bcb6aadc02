import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { decodeState } from "@atoll/core/federation";
import { cardSchema, manifestSchema } from "@atoll/node/serving";
import type { Result } from "@atoll/node/results";
import { ran } from "../cli.fixture.ts";

const experiment = `
name: two-domains
data:
  kind: cross-domain
  users: 40
  domains: { food: { items: 20 }, kitchen: { items: 20 } }
  events: { min: 5, max: 9 }
  titles: {}
split: { kind: leave-one-out }
negatives: { evaluation: { count: 9 } }
methods:
  - popularity
  - { kind: recency, text: 1 }
  - kind: fedcctr
    width: 4
    heads: 1
    length: 6
    domainLength: 4
    sampling: 0.5
    request: { recency: 1, text: 1 }
  - kind: fedcctr
    name: private
    width: 4
    heads: 1
    length: 6
    domainLength: 4
    sampling: 0.5
    request: { recency: 1 }
    histogram: { noiseMultiplier: 2 }
    privacy: { kind: central, epsilon: 3 }
federation: { rounds: 2 }
training: { select: last }
evaluation: { metrics: ["ndcg@5"], bootstrap: 100 }
`;

let folder: string;
let result: Result;
const at = (...path: string[]) => join(folder, ...path);
const atoll = (...words: string[]) => ran(folder, words);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-requests-"));
  await writeFile(at("experiment.yaml"), experiment);
  const run = await atoll("run", "experiment.yaml", "--out", "run", "--threads", "1", "--quiet");
  expect(run.stderr).toBe("");
  await atoll("data", "split", "experiment.yaml", "--out", "parts");
  for (const client of ["food", "kitchen"]) await writeLists(client);
  result = JSON.parse(await readFile(at("run", "result.json"), "utf8")) as Result;
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes the lists that the run's evaluation ranked as rows, positives first. */
async function writeLists(client: string): Promise<void> {
  const bytes = await readFile(at("run", "candidates", "seed-1", `${client}.safetensors`));
  const { arrays } = decodeState(bytes);
  const ids = (name: string) =>
    JSON.parse(Buffer.from(arrays[name]!.data as Uint8Array).toString()) as string[];
  const numbers = (name: string) => [...(arrays[name]!.data as Int32Array)];
  const [users, items] = [ids("user/ids"), ids("item/ids")];
  const csv = gunzipSync(await readFile(at("parts", client, "test.csv.gz"))).toString();
  const [header, ...lines] = csv.trimEnd().split("\n");
  const time = header!.split(",").indexOf("time");
  const timeOf = new Map(lines.map((line) => [line.split(",")[0]!, line.split(",")[time]!]));
  const offsets = numbers("test/offsets");
  const candidates = numbers("test/items");
  const rows = numbers("test/user").flatMap((number, list) => {
    const user = users[number]!;
    const own = [
      numbers("test/item")[list]!,
      ...candidates.slice(offsets[list], offsets[list + 1]),
    ];
    return own.map((item, i) => `${user},${timeOf.get(user)},${items[item]},${i === 0 ? 1 : 0}\n`);
  });
  await writeFile(at(`${client}.csv`), `user,time,item,chosen\n${rows.join("")}`);
}

/** A CSV file without quotes, row by row. */
async function rowsOf(name: string): Promise<Record<string, string>[]> {
  const [header, ...lines] = (await readFile(at(name), "utf8")).trimEnd().split("\n");
  const titles = header!.split(",");
  return lines.map((line) =>
    Object.fromEntries(line.split(",").map((cell, c) => [titles[c]!, cell])),
  );
}

describe("atoll predict for users in several domains", () => {
  test.each(["fedcctr", "recency"])(
    "ranks test lists as the run ranked them: %s",
    async (method) => {
      for (const client of ["food", "kitchen"]) {
        const words = ["--rows", `${client}.csv`, "--client", client, "--method", method];
        const { stderr } = await atoll("predict", "run", ...words, "--keep", "user,chosen");
        expect(stderr).toBe("");
        const lists = Map.groupBy(await rowsOf("scores.csv"), (row) => row["user"]!);
        const gains = [...lists.values()].map((list) => {
          const [positive, ...others] = list.map((row) => Number(row["probability"]));
          const rank = others.filter((other) => other >= positive!).length;
          return rank < 5 ? 1 / Math.log2(rank + 2) : 0;
        });
        const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
        const expected = result.methods[method]!.clients[client]!["ndcg@5"]!.mean;
        expect(mean).toBeCloseTo(expected, 12);
      }
    },
  );

  test("ranks all items of users whom rows name alone, and says what it took for granted", async () => {
    await writeFile(at("users.csv"), "user,since\nu1,food-i7\nnobody,kitchen:kitchen-i3|food-i2\n");
    const words = ["--rows", "users.csv", "--client", "food", "--top", "3", "--out", "top.csv"];
    const { stdout } = await atoll("predict", "run", "--method", "fedcctr", ...words);
    expect(stdout).toMatchInlineSnapshot(`
      "Model    fedcctr of food, seed 1
      Note     the rows have no column "item": all items of food that are not in a user's history are ranked
      Note     the rows have no column "time": requests come after all known events, on the day after the last training event
      Note     50 % of the values of user (1) were not in the model's training rows, or too rarely: they count as unknown
      Scores   top.csv: 6 rows, columns user, item, rank, probability
      "
    `);
    const rows = await rowsOf("top.csv");
    expect(rows.map(({ user, rank }) => [user, rank])).toEqual(
      ["u1", "nobody"].flatMap((user) => ["1", "2", "3"].map((rank) => [user, rank])),
    );
    const items = rows.map(({ item }) => item);
    expect(items.slice(0, 3)).not.toContain("food-i7");
    expect(items.slice(3)).not.toContain("food-i2");
  });

  test("says that a candidate without others is certain", async () => {
    await writeFile(at("pairs.csv"), "user,time,item\nu1,5,food-i1\nu2,5,food-i1\n");
    const words = ["--rows", "pairs.csv", "--client", "food", "--method", "fedcctr"];
    const { stdout } = await atoll("predict", "run", ...words);
    expect(stdout).toContain("Note     a request's only candidate (2 here) has the probability 1");
    expect((await rowsOf("scores.csv")).map((row) => row["probability"])).toEqual(["1", "1"]);
  });

  test("says what is wrong with rows, and leaves nothing behind", async () => {
    const wrong = async (rows: string, ...words: string[]) => {
      await writeFile(at("wrong-rows.csv"), rows);
      const given = ["--rows", "wrong-rows.csv", "--client", "food", "--out", "wrong.csv"];
      const { stderr, exitCode } = await atoll("predict", "run", ...given, ...words);
      expect(exitCode).toBe(1);
      return stderr.trimEnd();
    };
    expect(await wrong("user,time\nu1,5\n")).toMatchInlineSnapshot(
      `"[DATA_MISSING_COLUMN] client "food": the rows have no column "item"; name an item in each row, or add --top to rank all items for each request"`,
    );
    expect(await wrong("usr,item\nu1,a\n")).toMatchInlineSnapshot(
      `"[DATA_MISSING_COLUMN] client "food": FOLDER/wrong-rows.csv has no column "user"; did you mean "usr"?; it has: usr, item"`,
    );
    expect(await wrong("user,item\nu1,a\nu2,a\nu1,b\n")).toMatchInlineSnapshot(
      `"[SERVING_REQUESTS] client "food": rows of user "u1" at one time stand apart, but probabilities are of all candidates of a request together; sort the rows by "user" and "time""`,
    );
    expect(await wrong("user,item\nu1,a\nu1,\n")).toMatchInlineSnapshot(
      `"[SERVING_REQUESTS] client "food": a row of user "u1" names nothing in the column "item"; name an item in each row, or leave the column out and add --top to rank all items"`,
    );
    expect(await wrong("user,item\nu1,a\n", "--method", "best-possible")).toContain(
      "[SERVING_METHOD]",
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("wrong."))).toEqual([]);
  });
});

test("the card of a promise says what it covers, and that counts are noisy", async () => {
  const words = ["--method", "private", "--client", "food", "--out", "promised"];
  const { stderr } = await atoll("export", "run", ...words);
  expect(stderr).toBe("");
  const card = cardSchema.parse(
    JSON.parse(await readFile(at("promised", "food", "card.json"), "utf8")),
  );
  expect(card.privacy).toMatchObject({ kind: "central", unit: "user" });
  expect(card.privacy!.epsilon).toBeLessThanOrEqual(3);
  expect(card.contains.slice(1).join("\n")).toMatchInlineSnapshot(`
    "no users: neither their ids nor what they chose
    how popular the 19 items of food were, from published cells with noise of deviation 4.00, which the promise counts; no exact count
    every number that the model learned: they follow from noisy releases alone, and the promise bounds what they tell of one user"
  `);
});

test("atoll export writes a model for each domain that ranks raw requests as predicting does", async () => {
  const words = ["--method", "fedcctr", "--out", "models"];
  const { stdout, stderr } = await atoll("export", "run", ...words);
  expect(stderr).toBe("");
  expect(stdout).toContain("models/kitchen/model.onnx");
  const manifest = manifestSchema.parse(
    JSON.parse(await readFile(at("models", "manifest.json"), "utf8")),
  );
  for (const { path, sha256 } of manifest.files) {
    const content = await readFile(at("models", path));
    expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
  }
  const card = cardSchema.parse(
    JSON.parse(await readFile(at("models", "kitchen", "card.json"), "utf8")),
  );
  expect(card.metrics["ndcg@5"]!.mean).toBe(
    result.methods["fedcctr"]!.clients["kitchen"]!["ndcg@5"]!.mean,
  );
  expect(card.contains.join("\n")).toMatchInlineSnapshot(`
    "in plain text, ids of items: 19 of food, 20 of kitchen, whether or not anybody chose them in training
    no users: neither their ids nor what they chose
    which words the items' public texts share, by number
    how popular the 20 items of kitchen were, day by day: exact counts of training events follow from it, and no promise covers them
    every number that the model learned: traces of single users' events may be drawn from them"
  `);
  const text = await readFile(at("models", "kitchen", "card.md"), "utf8");
  expect(text).not.toMatch(/"u\d+"/);
  const asked = [
    { history: ["kitchen:kitchen-i3", "food:food-i2"], candidates: ["kitchen-i1", "kitchen-i7"] },
    { history: ["strange", "kitchen-i4"], candidates: ["kitchen-i2", "strange"] },
  ];
  const lines = asked.flatMap(({ history, candidates }, user) =>
    candidates.map((item) => `new${user},70000000000,${item},${history.join("|")}\n`),
  );
  await writeFile(at("new.csv"), `user,time,item,history\n${lines.join("")}`);
  await atoll("predict", "run", "--rows", "new.csv", "--client", "kitchen", "--method", "fedcctr");
  const expected = (await rowsOf("scores.csv")).map((row) => Number(row["probability"]));
  const session = await InferenceSession.create(at("models", "kitchen", "model.onnx"));
  const texts = (lists: string[][]) => new Tensor("string", lists.flat(), [2, 2]);
  const { probability } = await session.run({
    history: texts(asked.map(({ history }) => history)),
    time: new Tensor("float64", Float64Array.of(7e10, 7e10), [2]),
    candidates: texts(asked.map(({ candidates }) => candidates)),
  });
  [...(probability!.data as Float64Array)].forEach((value, i) =>
    expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-6),
  );
  expect(expected[0]! + expected[1]!).toBeCloseTo(1, 12);
  expect(expected.slice(2)).toEqual([1, 0]);
  await session.release();
});
