import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const session = fileURLToPath(new URL("./no-telemetry.fixture.ts", import.meta.url));

test("ONNX Runtime leaves no identifier, and nothing to be sent", async () => {
  const home = await mkdtemp(join(tmpdir(), "atoll-home-"));
  try {
    const { NODE_COMPILE_CACHE: _, ORT_DISABLE_TELEMETRY: __, ...rest } = process.env;
    const env = { ...rest, HOME: home, TMPDIR: home, XDG_CACHE_HOME: home, USERPROFILE: home };
    const { stdout } = await promisify(execFile)(process.execPath, [session], { env });
    expect(stdout).toBe("2,4\n2,4\n");
    // What it would write: a device's identifier and a database of events under .cache, and a log beside.
    expect(await readdir(home, { recursive: true })).toEqual([]);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
});
