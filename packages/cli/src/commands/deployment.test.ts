import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ran } from "../cli.fixture.ts";
import { started, until, type Running } from "./running.fixture.ts";

const tiny = `
name: tiny
data:
  kind: files
  feedback: explicit
  columns: { user: user, item: item, categorical: [colour], label: click }
  clients: { a: { path: a.csv }, b: { path: b.csv } }
split: { kind: random, valid: 0.2, test: 0.2 }
model: { kind: lr }
methods: [fedavg, centralised]
federation: { rounds: 1 }
evaluation: { bootstrap: 100 }
`;

interface Detail {
  readonly cells: readonly {
    readonly rounds: number;
    readonly model?: { readonly path: string; readonly sha256: string; readonly sizeBytes: number };
  }[];
}

/** Who clicked on which colour. */
function clicks(numRows: number): string {
  const rows = Array.from({ length: numRows }, (_, i) => {
    const [user, item] = [i % 23, (i * 7) % 31];
    return `u${user},i${item},${user % 2 === 0 ? "red" : "blue"},${(user + item) % 3 === 0 ? 1 : 0}`;
  });
  return ["user,item,colour,click", ...rows, ""].join("\n");
}

let folder: string;
let port: string;
let server: Running;
const clients = new Map<string, Running>();

const atoll = (...words: string[]) => ran(folder, words);

async function said(running: Running, text: string): Promise<void> {
  const told = () => `${running.stdout()}\n${running.stderr()}`;
  await until(`"${text}"`, { holds: () => told().includes(text), told });
}

async function startServer(): Promise<void> {
  const words = [
    "server",
    "run",
    "hub",
    "--listen",
    "127.0.0.1",
    "--port",
    port,
    "--admin-port",
    "0",
  ];
  server = started(folder, words);
  await said(server, "server.listening");
}

function startClient(name: string, isTerminal = false): Running {
  const words = ["client", "run", name, "--data", `rows-${name}`, "--threads", "1"];
  const running = started(folder, words, { isTerminal });
  clients.set(name, running);
  return running;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-deployment-"));
  port = String(await freePort());
  await writeFile(join(folder, "tiny.yaml"), tiny);
  for (const [name, rows] of [
    ["a", 600],
    ["b", 400],
  ] as const) {
    await mkdir(join(folder, `rows-${name}`));
    // One process finds both beside the experiment; each silo has its own alone.
    for (const path of [`rows-${name}/${name}.csv`, `${name}.csv`])
      await writeFile(join(folder, path), clicks(rows));
  }
});
afterAll(async () => {
  for (const running of [...clients.values(), server]) running.interrupt();
  await Promise.all([...clients.values(), server].map(({ ended }) => ended));
  await rm(folder, { recursive: true, force: true });
});

/** A port that a server can have, and have again. */
async function freePort(): Promise<number> {
  const listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port: free } = listening.address() as AddressInfo;
  listening.close();
  await once(listening, "close");
  return free;
}

/** The id of the latest run that was submitted. */
async function latestRun(): Promise<string> {
  const runs = JSON.parse((await atoll("runs", "hub", "--json")).stdout) as {
    readonly id: string;
    readonly createdAtMs: number;
  }[];
  return runs.toSorted((a, b) => a.createdAtMs - b.createdAtMs).at(-1)!.id;
}

// Each test goes on where the one before has led.
describe("from nothing to results over two silos", () => {
  test("init makes a folder that its owner alone may enter, once", async () => {
    const { stdout, exitCode } = await atoll("server", "init", "hub", "--host", "127.0.0.1");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Its fingerprint: [0-9a-f]{64}$/m);
    expect(stdout).toContain("atoll server run hub ");
    expect((await stat(join(folder, "hub"))).mode & 0o777).toBe(0o700);
    const again = await atoll("server", "init", "hub", "--host", "127.0.0.1");
    expect(again).toMatchObject({ exitCode: 1, stdout: "" });
    expect(again.stderr).toContain("[IDENTITY_EXISTS]");
  });

  test("before a server runs, commands that need one say how to start it", async () => {
    const { stderr, exitCode } = await atoll("submit", "tiny.yaml", "--server", "hub");
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[SERVER_DOWN] no server runs in FOLDER/hub");
    expect(stderr).toContain("atoll server run FOLDER/hub");
    expect((await atoll("runs", "hub")).stdout).toContain("No run yet; submit one:");
    expect((await atoll("server", "clients", "hub")).stdout).toContain("No client has joined yet");
  });

  test("an invitation is one line of stdout, and lets one silo in, once", async () => {
    await startServer();
    for (const name of ["a", "b"]) {
      const invited = await atoll("server", "invite", "hub", name, "--valid-hours", "1");
      expect(invited.stdout).toMatch(/^atoll1\.[\w-]+\n$/);
      expect(invited.stderr).toContain(`An invitation for "${name}", to be used once`);
      const line = invited.stdout.trim();
      const joined = await atoll("client", "join", line, "--dir", name);
      expect([joined.exitCode, joined.stderr]).toEqual([0, ""]);
      expect(joined.stdout).toContain(`Joined as "${name}". The key never leaves ${name}.`);
      expect(await readFile(join(folder, name, "policy.yaml"), "utf8")).toContain("minimumRows");
      const other = await atoll("client", "join", line, "--dir", "thief");
      expect(other.exitCode).toBe(1);
      expect(other.stderr).toContain("[INVITATION_INVALID]");
      expect(other.stderr).not.toContain(line);
      expect(server.stderr()).not.toContain(line);
    }
    const { stdout } = await atoll("server", "clients", "hub");
    expect(stdout).toMatch(/^a +joined, not seen since +\d{4}-\d\d-\d\d +-$/m);
  });

  test("a run is followed to its table, which has the numbers of one process", async () => {
    const terminal = startClient("a", true);
    const piped = startClient("b");
    await Promise.all([said(terminal, "connected to the server"), said(piped, "silo.connected")]);
    const followed = await atoll("submit", "tiny.yaml", "--server", "hub", "--follow");
    expect([followed.exitCode, followed.stderr]).toEqual([0, ""]);
    expect(followed.stdout).toMatch(
      /^Run [0-9a-f-]{36}\nLeft out: centralised. It needs everybody's/,
    );
    expect(followed.stdout).toMatch(
      /^fedavg seed 1 round 1 {2}loss: a 0\.\d{4}, b 0\.\d{4} {2}valid auc: a /m,
    );
    const row = /^fedavg +(\S+) +(\S+) +(\S+) +1 +\d+ +(\S+ \S+) +(\S+ \S+)$/m.exec(
      followed.stdout,
    )!;

    const words = ["run", "tiny.yaml", "--out", "alone", "--quiet", "--set", "methods=[fedavg]"];
    const alone = await atoll(...words, "--threads", "1");
    const [, a, b, mean, up, down] = row.map((cell) => cell.replaceAll(".", "\\."));
    expect(alone.stdout).toMatch(
      new RegExp(`^fedavg +${a} +${b} +${mean} .* ${up} +${down} +\\d+$`, "m"),
    );
    expect(terminal.stderr()).toContain('"tiny": takes part, with the rows of a\n');
    const lines = piped.stderr().trim().split("\n");
    expect(lines.map((line) => (JSON.parse(line) as { event: string }).event)).toContain(
      "silo.job-accepted",
    );
  });

  test("a silo scores rows with its own model, as one process does, and with no other", async () => {
    const run = join("a", "silo", "models", await latestRun());
    const model = join(folder, run, "checkpoints/seed-1/fedavg/clients/a/model.safetensors");
    await until("the model that is kept", {
      holds: async () => existsSync(model),
      told: () => run,
    });
    const rows = ["--rows", "a.csv", "--client", "a", "--out"];
    const { stdout, stderr } = await atoll("predict", run, ...rows, "silo.csv");
    expect(stderr).toBe("");
    expect(stdout).toContain("Model    fedavg of a, seed 1 (the only one of its kind)");
    await atoll("predict", "alone", ...rows, "alone.csv");
    const scores = await readFile(join(folder, "silo.csv"), "utf8");
    expect(scores).toBe(await readFile(join(folder, "alone.csv"), "utf8"));
    expect(scores.split("\n")).toHaveLength(602);
    const other = await atoll("predict", run, "--rows", "a.csv", "--client", "b");
    expect(other.stderr).toMatch(/\[SERVING_METHOD\] no client "b".*; the run has a$/m);
    const pooled = await atoll("predict", run, ...rows, "x.csv", "--method", "centralised");
    expect(pooled.stderr).toContain("method centralised has kept no model");
    const exported = await atoll("export", run, "--out", "models");
    expect(exported.exitCode).toBe(1);
    expect(exported.stderr).toContain("which a card needs; score rows there with atoll predict");
  });

  test("runs, logs and the audit log tell what happened", async () => {
    const id = await latestRun();
    expect((await atoll("runs", "hub")).stdout).toMatch(
      new RegExp(`^${id.slice(0, 8)} +tiny +done +\\d{4}-\\d\\d-\\d\\d .* fedavg$`, "m"),
    );
    const shown = await atoll("runs", "hub", id.slice(0, 4), "--metric", "logloss");
    expect(shown.stdout).toContain(`Run ${id}  tiny, done, 1 of 1 trainings done`);
    expect(shown.stdout).toMatch(/^Log loss +a +b +mean +seeds/m);
    expect(shown.stdout).toContain("one place: centralised\n");
    const { cells } = JSON.parse((await atoll("runs", "hub", id, "--json")).stdout) as Detail;
    const { rounds, model } = cells[0]!;
    // One of vocabularies, one of training, one that ends it, one of evaluation at least.
    expect(rounds).toBeGreaterThanOrEqual(3);
    expect(shown.stdout).toContain(model!.path);
    // The folder's own name is not in what commands are seen to say.
    const path = model!.path.replace("FOLDER", folder);
    const kept = await readFile(path);
    expect(createHash("sha256").update(kept).digest("hex")).toBe(model!.sha256);
    expect((await stat(path)).size).toBe(model!.sizeBytes);
    expect((await atoll("logs", "hub", id)).stdout).toMatch(/^fedavg seed 1 round 1 {2}loss: /);
    const [line] = (await atoll("logs", "hub", id, "--json")).stdout.split("\n");
    expect(JSON.parse(line!)).toMatchObject({ run: id, seed: 1, method: "fedavg" });
    expect((await atoll("logs", "hub", "zz")).stderr).toContain(`no run's id begins with "zz"`);
    const entries = (await atoll("server", "audit", "hub")).stdout;
    expect(entries).toMatch(/^ +1 {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}\S+ {2}\{/);
    const verified = await atoll("server", "audit", "hub", "--verify");
    const count = entries.trim().split("\n").length;
    expect(verified.stdout).toContain(`All ${count} entries follow from one another.`);
  });

  test("doctor knows a server's folder and a client's, and finds both well", async () => {
    for (const words of [["hub"], ["a", "--data", "rows-a"]]) {
      const { stdout, exitCode } = await atoll("doctor", ...words);
      expect(stdout).not.toContain("FAIL");
      expect(stdout).toContain("All is well.");
      expect(exitCode).toBe(0);
    }
    const nobodys = await atoll("doctor", "rows-a");
    expect(nobodys.exitCode).toBe(1);
    expect(nobodys.stderr).toContain("holds neither a server nor a client");
    const empty = await atoll("doctor", "a", "--data", "nowhere");
    expect(empty.exitCode).toBe(1);
    expect(empty.stdout).toMatch(/^FAIL {2}data +FOLDER\/nowhere cannot be read/m);
    expect(empty.stdout).toMatch(/^ +-> name the folder of the client's files/m);
  });

  test("status says what a run waits for; a run that is cancelled is over", async () => {
    clients.get("b")!.interrupt();
    expect(await clients.get("b")!.ended).toBe(0);
    const { stdout } = await atoll("submit", "tiny.yaml", "--server", "hub", "--set", "seeds=[7]");
    const id = /^Run (\S+)$/m.exec(stdout)![1]!;
    const followed = started(folder, ["logs", "hub", id, "--follow"]);
    let status = "";
    await until("what the run waits for", {
      holds: async () => {
        status = (await atoll("status", "hub")).stdout;
        return status.includes("  waits for b to take part");
      },
      told: () => status,
    });
    expect(status).toMatch(/^Server +well$/m);
    expect(status).toMatch(/^a +connected /m);
    expect(status).toMatch(new RegExp(`^Run ${id.slice(0, 8)} {2}tiny, waiting, submitted `, "m"));
    expect((await atoll("cancel", "hub", id)).stdout).toContain(`Run ${id} was cancelled`);
    expect(await followed.ended).toBe(0);
    expect((await atoll("cancel", "hub", id)).stdout).toContain("is cancelled already");
    expect((await atoll("runs", "hub")).stdout).toMatch(/^\S+ +tiny +cancelled /m);
  });

  test("a job is reviewed before it comes; what the policy forbids ends the run with the rule's name", async () => {
    const review = ["client", "review", "a", "--data", "rows-a", "tiny.yaml"];
    const allowed = await atoll(...review);
    expect([allowed.exitCode, allowed.stderr]).toEqual([0, ""]);
    expect(allowed.stdout).toMatch(/^Job "tiny", run \(not submitted\), for a$/m);
    expect(allowed.stdout).toMatch(/^ +a: a.csv, 360 training rows\n +user +user\n +item +item\n/m);
    expect(allowed.stdout).toMatch(/The policy allows this job.\n$/);

    clients.get("a")!.interrupt();
    expect(await clients.get("a")!.ended).toBe(0);
    expect(clients.get("a")!.stderr()).toMatch(
      /Stopped. Nothing is lost; the same command goes on.\n$/,
    );
    await writeFile(join(folder, "a", "policy.yaml"), "maximumRounds: 1\n");
    const refused = await atoll(...review);
    expect(refused.exitCode).toBe(1);
    expect(refused.stdout).toMatch(
      /^ +maximumRounds +refuses it\n +fedavg: \d+ rounds are more than 1$/m,
    );
    startClient("a", true);
    const submit = ["submit", "tiny.yaml", "--server", "hub", "--set", "seeds=[8]", "--follow"];
    const { stdout, stderr, exitCode } = await atoll(...submit);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^Run \S+ failed: \[RUN_REFUSED\] refused by "a" \(POLICY_REFUSED: /m);
    expect(stderr).not.toContain("more than 1");
    expect(stdout).not.toContain("AUC");
    await said(clients.get("a")!, "more than 1");
  });

  test("an experiment with code of its own is neither submitted nor reviewed", async () => {
    const metric = join(import.meta.dirname, "../../../../examples/extending/my-metric.ts");
    const tiny = await readFile(join(folder, "tiny.yaml"), "utf8");
    await writeFile(join(folder, "own.yaml"), `${tiny}\nextensions: ["${metric}"]\n`);
    for (const words of [
      ["submit", "own.yaml", "--server", "hub"],
      ["client", "review", "a", "--data", "rows-a", "own.yaml"],
    ]) {
      const { stderr, exitCode } = await atoll(...words);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(
        /^\[EXTENSION_DEPLOYED\] experiment "tiny" names the extensions .*my-metric\.ts, but a job is data, never code: /,
      );
    }
  });

  test("a revoked client ends; a stopped server's record is asked all the same", async () => {
    clients.get("a")!.interrupt();
    expect(await clients.get("a")!.ended).toBe(0);
    expect((await atoll("server", "revoke", "hub", "a")).stdout).toContain('"a" was revoked');
    const revoked = startClient("a");
    expect(await revoked.ended).toBe(1);
    expect(revoked.stderr()).toContain("[CALLER_UNKNOWN]");
    server.interrupt();
    expect(await server.ended).toBe(0);
    expect(server.stderr()).toMatch(/"event":"process.stopped"}\n$/);

    expect((await atoll("server", "clients", "hub")).stdout).toMatch(/^a +revoked +- /m);
    expect((await atoll("runs", "hub", await latestRun())).stdout).toContain(
      "No training has finished",
    );
    expect((await atoll("doctor", "hub")).stdout).toMatch(/^ok +server +it does not run; /m);
    const { stdout } = await atoll("server", "invite", "hub", "a");
    await startServer();
    const joined = await atoll("client", "join", stdout.trim(), "--dir", "a");
    expect([joined.exitCode, joined.stderr]).toEqual([0, ""]);
    const nobody = await atoll("server", "revoke", "hub", "nobody");
    expect(nobody.exitCode).toBe(1);
    expect(nobody.stderr).toContain("[CLIENT_UNKNOWN]");
  });
});
