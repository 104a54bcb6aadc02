import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export interface PostgresServer {
  readonly url: string;
  /** Of a new database, for whoever wants one of its own. */
  readonly newDatabase: () => string;
  readonly start: () => Promise<void>;
  /** As an administrator would, `fast`, or as the kernel would, `immediate`: nothing is tidied up. */
  readonly halt: (how: "fast" | "immediate") => Promise<void>;
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** Debian's folder of PostgreSQL's programs, the newest one; undefined where there is none. */
export function postgresPrograms(): string | undefined {
  return globSync("/usr/lib/postgresql/*/bin")
    .filter((path) => existsSync(join(path, "initdb")))
    .toSorted((a, b) => Number(a.split("/")[4]) - Number(b.split("/")[4]))
    .at(-1);
}

/** A cluster of its own in a temporary folder, on a free port of this machine; undefined where PostgreSQL is absent. */
export async function startPostgres(): Promise<PostgresServer | undefined> {
  const programs = postgresPrograms();
  if (programs === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "atoll-postgres-"));
  const user = unprivileged();
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const options = { ...user, cwd: folder, env: { PATH: "/usr/bin:/bin", LC_ALL: "C.UTF-8" } };
  const setUp = ["-D", data, "-U", "atoll", "-A", "trust", "--encoding", "UTF8"];
  execFileSync(join(programs, "initdb"), [...setUp, "--no-sync"], { ...options, stdio: "ignore" });
  const port = await freePort();
  const sockets = join(folder, "s");
  mkdirSync(sockets);
  if (user) chownSync(sockets, user.uid, user.gid);
  const address = (database: string) => `postgresql://atoll@127.0.0.1:${port}/${database}`;

  let server: ChildProcess | undefined;
  const psql = (query: string) =>
    execFileSync(join(programs, "psql"), ["-qAtX", address("postgres"), "-c", query], {
      ...options,
      stdio: ["ignore", "pipe", "ignore"],
    });
  const start = async () => {
    const settings = {
      listen_addresses: "127.0.0.1",
      unix_socket_directories: sockets,
      fsync: "on",
      shared_buffers: "16MB",
      max_connections: "20",
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    server = spawn(join(programs, "postgres"), ["-D", data, "-p", String(port), ...flags], {
      ...options,
      stdio: "ignore",
    });
    const deadline = performance.now() + 60_000;
    for (;;)
      try {
        psql("SELECT 1");
        return;
      } catch (error) {
        if (performance.now() > deadline || server.exitCode !== null) throw error;
        await pause(50);
      }
  };
  const halt = async (how: "fast" | "immediate") => {
    if (server === undefined || server.exitCode !== null) return;
    const ended = once(server, "exit");
    server.kill(how === "fast" ? "SIGINT" : "SIGQUIT");
    await ended;
  };
  let databases = 0;
  await start();
  return {
    url: address("postgres"),
    newDatabase: () => {
      databases += 1;
      psql(`CREATE DATABASE atoll${databases}`);
      return address(`atoll${databases}`);
    },
    start,
    halt,
    restart: async () => {
      await halt("fast");
      await start();
    },
    stop: async () => {
      await halt("immediate");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** PostgreSQL refuses to run as root; `postgres` is there where Debian's package is. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}
