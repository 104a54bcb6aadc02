import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";

const examples = join(import.meta.dirname, "../../../../examples/deployment");
const textOf = (name: string) => readFileSync(join(examples, name), "utf8");
/** Whether the program is on this machine. */
const isThere = (program: string, ...args: readonly string[]) =>
  spawnSync(program, args, { stdio: "ignore" }).status === 0;
const run = (program: string, ...args: readonly string[]) =>
  execFileSync(program, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "atoll-examples-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const STREAM = "/usr/lib/nginx/modules/ngx_stream_module.so";

describe("the examples of deployment", () => {
  test.skipIf(!isThere("test", "-e", STREAM) || !isThere("nginx", "-v"))(
    "nginx takes its configuration, where it is installed",
    () => {
      const path = join(folder, "nginx.conf");
      const own = [
        `load_module ${STREAM};`,
        `pid ${folder}/pid;`,
        `error_log stderr;`,
        "events {}",
      ];
      // Ports below 1024 are not everybody's.
      writeFileSync(
        path,
        [...own, textOf("nginx.conf").replace("listen 443", "listen 18443")].join("\n"),
      );
      expect(() => run("nginx", "-t", "-c", path)).not.toThrow();
      writeFileSync(
        path,
        [...own, textOf("nginx.conf").replace("ssl_preread on", "ssl_preread")].join("\n"),
      );
      expect(() => run("nginx", "-t", "-c", path)).toThrow();
    },
  );

  test.skipIf(!isThere("caddy", "version"))("Caddy takes its file, where it is installed", () => {
    const path = join(folder, "Caddyfile");
    writeFileSync(path, textOf("Caddyfile"));
    const adapted = JSON.parse(
      run("caddy", "adapt", "--adapter", "caddyfile", "--config", path),
    ) as object;
    expect(JSON.stringify(adapted)).toContain('"dial":"127.0.0.1:7443"');
  });

  test.skipIf(!isThere("systemd-analyze", "--version")).each(["server", "client"])(
    "systemd takes the unit of a %s, where it is installed",
    (role) => {
      const path = join(folder, `atoll-${role}.service`);
      // The program and the rows are somewhere else here.
      const text = textOf(`atoll-${role}.service`)
        .replace("ExecStart=/opt/atoll/node_modules/.bin/atoll", "ExecStart=/bin/true")
        .replace("ReadOnlyPaths=/srv/atoll-data", `ReadOnlyPaths=${folder}`);
      writeFileSync(path, text);
      expect(run("systemd-analyze", "verify", "--man=no", path)).toBe("");
    },
  );

  test("compose starts a server with its database, and a silo, and nothing that it does not say", () => {
    const { services, networks, volumes } = parse(textOf("compose.yaml"), { merge: true }) as {
      readonly services: Readonly<Record<string, Service>>;
      readonly networks: object;
      readonly volumes: object;
    };
    expect(Object.keys(services)).toEqual(["postgres", "server", "client"]);
    for (const { networks: used, volumes: mounted } of Object.values(services)) {
      for (const name of used) expect(Object.keys(networks)).toContain(name);
      for (const mount of mounted)
        if (!mount.startsWith(".")) expect(Object.keys(volumes)).toContain(mount.split(":")[0]);
    }
    expect(services["server"]!.command!.at(-1)).toContain(
      "--record postgres://atoll@postgres/atoll",
    );
    // The database is on no network that a silo shares.
    expect(services["client"]!.networks).not.toContain("record");
  });
});

interface Service {
  readonly networks: readonly string[];
  readonly volumes: readonly string[];
  readonly command?: readonly string[];
}
