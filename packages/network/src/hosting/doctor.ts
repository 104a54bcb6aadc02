import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { AtollError } from "@atoll/core/errors";
import { readClientIdentity } from "../identity/index.ts";
import { currentGeneration } from "../identity/generations.ts";
import {
  adminClientOf,
  connectionChecks,
  doctorFor,
  runChecks,
  type Check,
  type ConnectionTarget,
} from "../operations/index.ts";
import { parsePolicy } from "../policy/index.ts";
import { greetServer, policyPath } from "./open-client.ts";
import { openStoppedServer } from "./stopped-server.ts";

export type FolderRole = "server" | "client";

export interface DoctorOptions {
  readonly now: () => number;
  readonly nodeVersion: string;
  /** Where a client's rows lie. */
  readonly dataDirectory?: string | undefined;
  /** The client's server is behind a proxy that ends TLS. */
  readonly trustSystem?: boolean;
  /** The database of a server's record. */
  readonly recordUrl?: string | undefined;
  /** Ends what a check waits for. */
  readonly signal: AbortSignal;
}

/** What can be looked at in a folder; whose it is, its files say. IDENTITY_MISSING where it is nobody's. */
export async function doctorOf(
  directory: string,
  options: DoctorOptions,
): Promise<{ readonly role: FolderRole; readonly checks: readonly Check[] }> {
  const folder = resolve(directory);
  if (existsSync(join(folder, "server.json")))
    return { role: "server", checks: serverChecks(folder, options) };
  if (existsSync(join(folder, "current")))
    return { role: "client", checks: await clientChecks(folder, options) };
  throw new AtollError(
    "IDENTITY_MISSING",
    `${folder} holds neither a server nor a client; give the folder of \`atoll server init\` or of \`atoll client join\``,
  );
}

function serverChecks(directory: string, options: DoctorOptions): readonly Check[] {
  const { now, nodeVersion, recordUrl } = options;
  const isRunning = async () => {
    try {
      return await adminClientOf(directory).ready();
    } catch (error) {
      if (error instanceof AtollError && error.code === "SERVER_DOWN") return undefined;
      throw error;
    }
  };
  const checks = doctorFor({
    role: "server",
    directory,
    certificatePath: join(directory, "tls.pem"),
    secretPaths: [
      directory,
      ...["authority-key.pem", "signing-key.pem", "tls.pem", "admin-token"]
        .map((name) => join(directory, name))
        .filter((path) => existsSync(path)),
    ],
    now,
    nodeVersion,
    record: async () => {
      const ready = await isRunning();
      if (ready === undefined)
        return (await openStoppedServer(directory, { now, recordUrl })).close();
      const problem = ready.checks.find(({ ok }) => !ok);
      if (problem !== undefined) throw new Error(problem.finding ?? `${problem.name} is not well`);
    },
  });
  return [
    {
      name: "server",
      run: async () => {
        const ready = await isRunning();
        const finding =
          ready === undefined
            ? `it does not run; \`atoll server run ${directory}\` starts it`
            : ready.isReady
              ? "it runs and is ready"
              : "it runs, and is not ready";
        return { ok: ready?.isReady ?? true, finding };
      },
    },
    ...checks,
  ];
}

async function clientChecks(
  directory: string,
  { now, nodeVersion, dataDirectory, trustSystem = false, signal }: DoctorOptions,
): Promise<readonly Check[]> {
  const paths = currentGeneration(directory)!;
  const { urls, tls, authorityPem } = readClientIdentity(directory);
  const { certificatePem, keyPem } = tls();
  const targets = urls.map((url): ConnectionTarget => {
    const { hostname, port } = new URL(url);
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: Number(port || 443),
      tls: {
        authority: trustSystem ? undefined : authorityPem,
        certificate: certificatePem,
        key: keyPem(),
      },
    };
  });
  const policy = policyPath(directory);
  return doctorFor({
    role: "client",
    directory,
    certificatePath: paths.certificate,
    secretPaths: [directory, paths.folder, paths.key],
    now,
    nodeVersion,
    server: await firstThatAnswers(targets),
    hello: () => greetServer(directory, { now, signal, trustSystem }),
    policy: {
      path: policy,
      read: (text) => void parsePolicy(text, policy),
    },
    dataDirectory,
  });
}

const LOOK_MS = 5000;

/** Of several addresses one is enough. */
async function firstThatAnswers(targets: readonly ConnectionTarget[]): Promise<ConnectionTarget> {
  if (targets.length > 1)
    for (const target of targets) {
      const outcomes = await runChecks(connectionChecks(target), { limitMs: LOOK_MS });
      if (outcomes.every(({ ok }) => ok)) return target;
    }
  return targets[0]!;
}
