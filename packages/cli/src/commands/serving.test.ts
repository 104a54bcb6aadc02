import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measure } from "@atoll/core/metrics";
import type { Result } from "@atoll/node/results";
import { cardSchema, manifestSchema } from "@atoll/node/serving";
import { ran } from "../cli.fixture.ts";

let folder: string;
let result: Result;
const at = (...path: string[]) => join(folder, ...path);
const atoll = (...words: string[]) => ran(folder, words);

const experiment = `
name: two-markets
data: { kind: synthetic, markets: { north: { rows: 700 }, south: { rows: 500 } } }
split: { kind: random, valid: 0.2, test: 0.3 }
model: { kind: deepfm, width: 3, hidden: [4], batchNorm: true }
methods:
  - popularity
  - item-knn
  - { kind: ease, lambda: 20 }
  - { kind: mf-bpr, width: 4, epochs: 4 }
  - { kind: lightgcn, width: 4, epochs: 4, learningRate: 0.02 }
  - local
  - centralised
  - fedavg
  - fedbn
federation: { rounds: 3, shared: [segment, device, category, brand] }
training: { batchSize: 64, optimiser: { kind: adam, learningRate: 0.02 } }
evaluation: { bootstrap: 100, metrics: [auc, logloss] }
`;

/** Methods that know users and items alone. */
const recommenders = ["popularity", "item-knn", "ease", "mf-bpr", "lightgcn"];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-serving-"));
  await writeFile(at("experiment.yaml"), experiment);
  const run = await atoll("run", "experiment.yaml", "--out", "run", "--threads", "1", "--quiet");
  expect(run.stderr).toBe("");
  await atoll("data", "split", "experiment.yaml", "--out", "parts");
  for (const client of ["north", "south"])
    await writeFile(
      at(`${client}.csv`),
      gunzipSync(await readFile(at("parts", client, "test.csv.gz"))),
    );
  result = JSON.parse(await readFile(at("run", "result.json"), "utf8")) as Result;
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A CSV file without quotes, by column. */
async function columnsOf(name: string): Promise<Record<string, string[]>> {
  const [header, ...lines] = (await readFile(at(name), "utf8")).trimEnd().split("\n");
  const rows = lines.map((line) => line.split(","));
  return Object.fromEntries(
    header!.split(",").map((column, c) => [column, rows.map((row) => row[c]!)]),
  );
}

async function trainingRows() {
  await writeFile(at("train.csv"), gunzipSync(await readFile(at("parts/north/train.csv.gz"))));
  const { user, item, click } = await columnsOf("train.csv");
  return user!.map((name, i) => ({ user: name, item: item![i]!, click: click![i]! }));
}

describe("atoll predict", () => {
  test.each([...recommenders, "local", "centralised", "fedavg", "fedbn"])(
    "scores the test rows as the run scored them: %s",
    async (method) => {
      for (const client of ["north", "south"]) {
        const words = ["--rows", `${client}.csv`, "--client", client, "--method", method];
        const { stderr } = await atoll("predict", "run", ...words, "--keep", "user,click");
        expect(stderr).toBe("");
        const { user, click, probability } = await columnsOf("scores.csv");
        const index = [...new Set(user)];
        const scored = {
          examples: {
            numRows: click!.length,
            label: Float32Array.from(click!, Number),
            user: Int32Array.from(user!, (name) => index.indexOf(name)),
          },
          scores: Float64Array.from(probability!, Number),
          numUsers: index.length,
        };
        const { auc, logloss } = measure(["auc", "logloss"], scored as never, {
          ties: "expected",
          minPositives: 0,
        });
        const expected = result.methods[method]!.clients[client]!;
        // A file's order of rows is another one than the split's, and sums round by their order.
        expect(auc).toMatchObject({ value: expected["auc"]!.mean });
        expect(logloss).toMatchObject({
          value: expect.closeTo(expected["logloss"]!.mean, 13) as number,
        });
      }
    },
  );

  test("says which model it took, why, and what it did not know", async () => {
    const lines = (await readFile(at("north.csv"), "utf8")).trimEnd().split("\n");
    const strange = lines.map((line, i) =>
      i > 0 && i <= 20 ? line.replace(/^[^,]*,[^,]*/, i <= 10 ? "nobody,thing" : ",thing") : line,
    );
    await writeFile(at("strange.csv"), `${strange.join("\n")}\n`);
    const { stdout } = await atoll("predict", "run", "--rows", "strange.csv", "--client", "north");
    expect(stdout).toMatch(
      /^Model {4}fed\w+ of north, seed 1 \(best of fedavg, fedbn by validation/,
    );
    expect(stdout).toContain("10 rows have no user: they count as unknown");
    expect(stdout).toMatch(
      /\d+ % of the values of item \(2\d\) were not in the model's training rows/,
    );
    expect(stdout).toContain("scores.csv: 210 rows, columns user, item, probability");
    const { user, probability } = await columnsOf("scores.csv");
    expect(user!.slice(0, 3)).toEqual(["nobody", "nobody", "nobody"]);
    expect(probability!.every((text) => Number(text) > 0 && Number(text) < 1)).toBe(true);
  });

  test("--top gives each user's best rows, best first, also as Parquet", async () => {
    const words = ["--rows", "north.csv", "--client", "north", "--top", "2"];
    await atoll("predict", "run", ...words, "--out", "top.csv");
    const { user, rank, probability } = await columnsOf("top.csv");
    await atoll("predict", "run", "--rows", "north.csv", "--client", "north", "--out", "all.csv");
    const all = await columnsOf("all.csv");
    const best = new Map<string, number[]>();
    all["user"]!.forEach((name, i) => {
      const own = [...(best.get(name) ?? []), Number(all["probability"]![i])];
      best.set(name, own.toSorted((a, b) => b - a).slice(0, 2));
    });
    expect(probability!.map(Number)).toEqual([...best.values()].flat());
    expect(rank!.slice(0, 2)).toEqual(["1", "2"]);
    expect(new Set(user)).toEqual(new Set(best.keys()));
    await atoll("predict", "run", ...words, "--out", "top.parquet");
    const { stdout } = await atoll("data", "inspect", "top.parquet", "--json");
    const inspected = JSON.parse(stdout) as { rows: number; columns: { name: string }[] };
    expect(inspected.rows).toBe(user!.length);
    expect(inspected.columns.map(({ name }) => name)).toEqual([
      "user",
      "item",
      "rank",
      "probability",
    ]);
  });

  test.each(recommenders)("ranks all items of users whom rows name alone: %s", async (method) => {
    const table = await columnsOf("north.csv");
    const [known] = table["user"]!;
    await writeFile(at("users.csv"), `user\n${known}\nnobody\n`);
    const words = ["--client", "north", "--method", method];
    const top = ["--rows", "users.csv", ...words, "--top", "3", "--out", "ranked.csv"];
    const { stdout, stderr } = await atoll("predict", "run", ...top);
    expect(stderr).toBe("");
    expect(stdout).toContain("6 rows, columns user, item, rank, probability");
    const ranked = await columnsOf("ranked.csv");
    expect(ranked["user"]).toEqual([known, known, known, "nobody", "nobody", "nobody"]);
    // The same pairs as rows of their own have the same scores, and no pair has a better one.
    const { item, probability } = ranked;
    const train = await trainingRows();
    const items = [...new Set(train.map(({ item }) => item))];
    const chosen = new Set(
      train.flatMap(({ user, item, click }) => (user === known && click === "1" ? [item] : [])),
    );
    const pairs = items.map((name) => `${known},${name}\n`).join("");
    await writeFile(at("pairs.csv"), `user,item\n${pairs}`);
    await atoll("predict", "run", "--rows", "pairs.csv", ...words, "--out", "all.csv");
    const all = await columnsOf("all.csv");
    const left = method === "popularity" ? new Set() : chosen;
    const scores = new Map(all["item"]!.map((name, i) => [name, all["probability"]![i]!]));
    const best = items
      .filter((name) => !left.has(name))
      .map((name) => Number(scores.get(name)))
      .toSorted((a, b) => b - a);
    expect(probability!.slice(0, 3).map(Number)).toEqual(best.slice(0, 3));
    expect(item!.slice(0, 3).map((name) => scores.get(name))).toEqual(probability!.slice(0, 3));
  });

  test("names all that is wrong, and leaves nothing behind", async () => {
    await writeFile(at("short.csv"), "user,itm\nu,i\n");
    const wrong = async (...words: string[]) => {
      const { stderr, exitCode } = await atoll("predict", ...words, "--out", "wrong.csv");
      expect(exitCode).toBe(1);
      return stderr.trimEnd();
    };
    const rows = ["--rows", "north.csv", "--client", "north"];
    expect(await wrong("run", "--rows", "short.csv", "--client", "north")).toMatchInlineSnapshot(`
      "[DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "item"; did you mean "itm"?; it has: user, itm
      [DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "segment"; it has: user, itm
      [DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "device"; it has: user, itm
      [DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "category"; it has: user, itm
      [DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "brand"; it has: user, itm
      [DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "age"; it has: user, itm
      [DATA_MISSING_COLUMN] client "north": FOLDER/short.csv has no column "price"; it has: user, itm"
    `);
    expect(await wrong("run", "--rows", "north.csv", "--client", "nort")).toMatchInlineSnapshot(
      `"[SERVING_METHOD] no client "nort"; did you mean "north"?; the run has north, south"`,
    );
    expect(await wrong("run", ...rows, "--method", "best-possible")).toMatchInlineSnapshot(
      `"[SERVING_METHOD] FOLDER/run: method best-possible has kept no model of seed 1 that scores rows; those that have: popularity, item-knn, ease, mf-bpr, lightgcn, local, centralised, fedavg, fedbn"`,
    );
    expect(await wrong("run", ...rows, "--method", "fedvg")).toMatchInlineSnapshot(
      `"[SERVING_METHOD] FOLDER/run: no method "fedvg"; did you mean "fedavg"?; the run has popularity, item-knn, ease, mf-bpr, lightgcn, local, centralised, fedavg, fedbn, best-possible"`,
    );
    expect(await wrong("run", ...rows, "--seed", "9")).toMatchInlineSnapshot(
      `"[SERVING_METHOD] FOLDER/run: no seed 9; the run has 1"`,
    );
    await writeFile(at("nameless.csv"), "user\nu\n");
    const nameless = ["--rows", "nameless.csv", "--client", "north", "--method", "ease"];
    expect(await wrong("run", ...nameless)).toMatchInlineSnapshot(
      `"[DATA_MISSING_COLUMN] client "north": FOLDER/nameless.csv has no column "item"; it has: user; name an item in each row, or add --top to rank all items for each user"`,
    );
    expect(await wrong("parts", ...rows)).toMatchInlineSnapshot(
      `"[RUN_FOLDER_MISSING] FOLDER/parts holds no run.json; give the folder of an earlier run"`,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("wrong"))).toEqual([]);
  });
});

describe("atoll export", () => {
  test("writes models that any ONNX Runtime runs, with cards and hashes", async () => {
    const { stdout, stderr } = await atoll("export", "run", "--method", "fedbn", "--out", "models");
    expect(stderr).toBe("");
    expect(stdout).toContain("models/north/model.onnx");
    const manifest = manifestSchema.parse(
      JSON.parse(await readFile(at("models", "manifest.json"), "utf8")),
    );
    expect(manifest.files.map(({ path }) => path)).toEqual(
      ["north", "south"].flatMap((client) =>
        ["card.json", "card.md", "model.onnx"].map((file) => `${client}/${file}`),
      ),
    );
    for (const { path, bytes, sha256 } of manifest.files) {
      const content = await readFile(at("models", path));
      expect(content.length).toBe(bytes);
      expect(createHash("sha256").update(content).digest("hex")).toBe(sha256);
    }
    for (const client of ["north", "south"]) {
      const card = cardSchema.parse(
        JSON.parse(await readFile(at("models", client, "card.json"), "utf8")),
      );
      expect(card.metrics["auc"]!.mean).toBe(
        result.methods["fedbn"]!.clients[client]!["auc"]!.mean,
      );
      expect(card.privacy).toBeNull();
      const session = await InferenceSession.create(at("models", client, "model.onnx"));
      const words = ["--rows", `${client}.csv`, "--client", client, "--method", "fedbn"];
      await atoll("predict", "run", ...words);
      const rows = await columnsOf(`${client}.csv`);
      const feeds = Object.fromEntries(
        card.inputs.map(({ name, type, column }) => [
          name,
          type === "string"
            ? new Tensor("string", rows[column]!, [rows[column]!.length])
            : new Tensor("float64", Float64Array.from(rows[column]!, Number), [
                rows[column]!.length,
              ]),
        ]),
      );
      const answers = await session.run(feeds);
      const expected = (await columnsOf("scores.csv"))["probability"]!.map(Number);
      [...(answers["probability"]!.data as Float64Array)].forEach((value, row) =>
        expect(Math.abs(value - expected[row]!)).toBeLessThan(1e-6),
      );
      await session.release();
      const text = await readFile(at("models", client, "card.md"), "utf8");
      expect(text).toContain(`# Model of ${client}`);
      expect(text).toContain("so it names the users of");
    }
  });

  test.each(recommenders)("raw ids and a history are all that it takes: %s", async (method) => {
    const words = ["--method", method, "--client", "north"];
    await atoll("export", "run", ...words, "--out", method);
    const card = cardSchema.parse(
      JSON.parse(await readFile(at(method, "north", "card.json"), "utf8")),
    );
    expect(card.verified.difference).toBeLessThan(1e-6);
    expect(card.model).toMatchObject({ kind: method });
    expect(card.model).not.toHaveProperty("name");
    const rows = await columnsOf("north.csv");
    const numRows = rows["user"]!.length;
    // Every other row brings what somebody chose.
    const given = rows["item"]!.map((item, row) => (row % 2 === 0 ? "" : `${item}|strange`));
    const lines = rows["user"]!.map((user, row) => `${user},${rows["item"]![row]},${given[row]}\n`);
    await writeFile(at("given.csv"), `user,item,history\n${lines.join("")}`);
    const { stdout } = await atoll("predict", "run", "--rows", "given.csv", ...words);
    expect(stdout.includes("are scored by it")).toBe(["item-knn", "ease"].includes(method));
    const expected = (await columnsOf("scores.csv"))["probability"]!.map(Number);
    const session = await InferenceSession.create(at(method, "north", "model.onnx"));
    const { probability } = await session.run(
      Object.fromEntries(
        card.inputs.map(({ name, column, shape }) => {
          const length = shape[1] as number | undefined;
          if (length === undefined) return [name, new Tensor("string", rows[column]!, [numRows])];
          const texts = given.flatMap((text) => {
            const values = text === "" ? [] : text.split("|").slice(-length);
            return [...Array<string>(length - values.length).fill(""), ...values];
          });
          return [name, new Tensor("string", texts, [numRows, length])];
        }),
      ),
    );
    [...(probability!.data as Float64Array)].forEach((value, row) =>
      expect(Math.abs(value - expected[row]!)).toBeLessThan(1e-6),
    );
    await session.release();
  });

  test("refuses a folder with files, and an unknown client leaves none", async () => {
    const full = await atoll("export", "run", "--out", "parts");
    expect(full.stderr.trimEnd()).toMatchInlineSnapshot(
      `"[EXPORT_FOLDER_EXISTS] FOLDER/parts already holds 3 entries; name another folder with --out, or remove it"`,
    );
    const unknown = await atoll("export", "run", "--client", "nrth", "--out", "other");
    expect(unknown.stderr.trimEnd()).toMatchInlineSnapshot(
      `"[SERVING_METHOD] no client "nrth"; did you mean "north"?; the run has north, south"`,
    );
    expect((await readdir(folder)).filter((name) => name.startsWith("other"))).toEqual([]);
  });

  test("a model of an earlier version says so", async () => {
    const file = at("run/checkpoints/seed-1/fedavg/clients/north/model.safetensors");
    const kept = await readFile(file);
    const old = Buffer.from(kept);
    // The header is JSON text: another key of the same length leaves its size.
    const place = old.indexOf("served");
    old.write("sErved", place);
    await writeFile(file, old);
    const words = ["--rows", "north.csv", "--client", "north", "--method", "fedavg"];
    const { stderr } = await atoll("predict", "run", ...words);
    await writeFile(file, kept);
    expect(stderr.trimEnd()).toMatchInlineSnapshot(
      `"[MODEL_KEPT] client "north": its model was kept by an earlier version, without what serving needs; run the experiment again"`,
    );
  });
});
