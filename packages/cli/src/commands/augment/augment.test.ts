import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelAnswer } from "../../../../node/src/language-models/chat-model.fixture.ts";
import { says } from "../../../../node/src/language-models/chat-replies.fixture.ts";
import {
  startChatServer,
  type ChatServer,
} from "../../../../node/src/language-models/chat-server.fixture.ts";
import { runApp } from "../../app.ts";
import { ran } from "../../cli.fixture.ts";

let folder: string;
let server: ChatServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "atoll-augment-"));
  server = await startChatServer((received) => says(modelAnswer(received)));
  await writeFile(
    join(folder, "study.yaml"),
    `data:
  kind: cross-domain
  users: 12
  domains: { food: { items: 30 }, kitchen: { items: 30 } }
  events: { min: 6, max: 8 }
  titles: { words: 3 }
split: { kind: leave-one-out }
negatives: { evaluation: { count: 8 } }
methods: [fedcctr]
augmentation: { kind: heuristic }
evaluation: { metrics: [ndcg@5] }
`,
  );
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const augment = (...words: readonly string[]) => ran(folder, ["augment", ...words]);
const set = (...settings: readonly string[]) =>
  settings.flatMap((setting) => ["--set", `augmentation.${setting}`]);
const asking = (...own: readonly string[]) =>
  set(
    "kind=openai-compatible",
    `baseUrl=${server.baseUrl}`,
    "model=m",
    "prices={ input: 1, output: 2 }",
    "requestsPerMinute=6000",
    ...own,
  );

describe("atoll augment", () => {
  test("plan: nothing is to be asked where no method asks", async () => {
    const { stdout, exitCode } = await augment("plan", "study.yaml");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("No method asks a language model");
    const json = await augment("plan", "study.yaml", "--json");
    expect(JSON.parse(json.stdout)).toEqual([]);
  });

  test("inspect: what was made up without a model, to read", async () => {
    const { stdout, exitCode } = await augment("inspect", "study.yaml", "--examples", "1");
    expect(exitCode).toBe(0);
    expect(stdout).toContain("fedcctr: heuristic\n");
    expect(stdout).toMatch(/events of a user +\d\.\d\d +\d\.\d\d\n/);
    expect(stdout).toContain("12 of 12 users got a liked item");
    expect(stdout).toMatch(/Items\n {2}(food|kitchen) "word/);
    expect(stdout).toMatch(/Users\n {2}had "word/);
    expect(stdout).toMatch(/Sequences\n {2}had "word.*\n {4}in (food|kitchen) likes "word/);
    const one = await augment("inspect", "study.yaml", "--stage", "profiles", "--json");
    const [found] = JSON.parse(one.stdout) as [
      { stages: string[]; examples: Record<string, unknown[]> },
    ];
    expect(found.stages).toEqual(["profiles"]);
    expect(found.examples["profiles"]).toHaveLength(5);
    expect(found.examples["sequences"]).toEqual([]);
  });

  test("plan, run and inspect of a language model", async () => {
    const planned = await augment("plan", "study.yaml", ...asking());
    expect(planned.stderr).toBe("");
    expect(planned.stdout).toMatch(/^profiles +12 +0 \(0%\) +12 /m);
    expect(planned.stdout).toMatch(/^Money +0\.0\d+, at most 0\.\d+$/m);
    expect(planned.stdout).toMatch(/^Time +0s at the rates/m);
    expect(planned.stdout).toContain("Prompts stay on this machine. They tell:");
    expect(server.received).toHaveLength(0);

    const asked = await augment("run", "study.yaml", ...asking());
    expect([asked.exitCode, asked.stderr]).toEqual([0, ""]);
    const calls = server.received.length;
    expect(planned.stdout).toMatch(new RegExp(`^all +${calls} `, "m"));
    expect(asked.stdout).toContain(`m: ${calls} answered, 0 dropped; ${calls} calls, `);
    expect(asked.stdout).toMatch(/^profiles +12 +0 +0$/m);
    expect(asked.stdout).toContain("accepted: 100.0% of those asked");
    expect(asked.stdout).toContain("category: ");

    const items = await augment("inspect", "study.yaml", ...asking(), "--stage", "items");
    expect(items.stdout).toMatch(/^items +\d+ +0 +0$/m);
    expect(items.stdout).not.toMatch(/^profiles/m);

    const again = await augment("run", "study.yaml", "--json", "--examples", "0", ...asking());
    expect(server.received).toHaveLength(calls);
    const last = JSON.parse(again.stdout.trim().split("\n").at(-1)!) as Record<string, unknown>;
    expect(last).toMatchObject({
      kind: "augmentation",
      asked: [{ answered: 0, spent: { calls: 0 } }],
      found: [{ examples: { items: [], profiles: [], sequences: [] } }],
    });
    const replanned = await augment("plan", "study.yaml", ...asking());
    expect(replanned.stdout).toMatch(/^profiles +12 +12 \(100%\) +0 /m);
  });

  test("a server elsewhere is refused, and what would leave is said even so", async () => {
    const elsewhere = asking("baseUrl=https://models.invalid/v1");
    const refused = await augment("run", "study.yaml", ...elsewhere);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain("[AUGMENTATION_REMOTE] method fedcctr would send prompts to");
    const planned = await augment("plan", "study.yaml", ...elsewhere);
    expect(planned.stdout).toContain(
      "Prompts go to models.invalid, another machine (which needs augmentation.allowRemote: true)",
    );
    const allowed = await augment(
      "run",
      "study.yaml",
      "--quiet",
      ...elsewhere,
      ...set("allowRemote=true", "retries=0", "cache=remote.sqlite"),
    );
    expect(allowed.exitCode).toBe(1);
    expect(allowed.stderr).toContain(
      "Prompts for m leave this machine, to models.invalid:\n  items ",
    );
    expect(allowed.stderr).toMatch(/profiles +titles of a user's latest 20 .* \(12 users\)/);
  });

  test("interrupted, it keeps what came, says how to go on, and goes on", async () => {
    const words = ["augment", "run", "study.yaml", ...asking("seed=2", "concurrency=1")];
    const before = server.received.length;
    let stderr = "";
    let interrupt = () => {};
    const process = {
      stdout: { write: (text: string) => void (text.includes("sequences") && interrupt()) },
      stderr: { write: (text: string) => void (stderr += text) },
      exitCode: 0 as number | string | null | undefined,
    };
    await runApp([...words, "--json"], {
      process,
      cwd: folder,
      columns: undefined,
      now: () => new Date(),
      onInterrupt: (listener) => {
        interrupt = listener;
        return () => {};
      },
    });
    expect(process.exitCode).toBe(130);
    expect(stderr).toBe("\nStopped. All answers that came are kept; the same command goes on.\n");
    const { exitCode } = await ran(folder, words);
    expect(exitCode).toBe(0);
    // Other candidates than before: a prompt for each user and domain, each asked once but for the one in flight.
    const asked = server.received.slice(before).map(({ body }) => JSON.stringify(body.messages));
    expect(new Set(asked).size).toBe(24);
    expect(asked.length).toBeLessThanOrEqual(25);
  });

  test("without augmentation there is nothing to do", async () => {
    const none = ["--set", "augmentation={ kind: none }"];
    const { stderr, exitCode } = await augment("plan", "study.yaml", ...none);
    expect(exitCode).toBe(1);
    expect(stderr).toContain("[AUGMENTATION_NONE] no method of experiment augments anything");
  });
});
