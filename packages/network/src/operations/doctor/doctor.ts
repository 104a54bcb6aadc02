import type { Check } from "../check.ts";
import { certificateCheck } from "./certificate-check.ts";
import { connectionChecks, type ConnectionTarget } from "./connection-checks.ts";
import { type HelloAnswer, helloChecks } from "./hello-checks.ts";
import { dataCheck, diskChecks, fileCheck, nodeCheck, secretsCheck } from "./place-checks.ts";

/** The oldest Node that runs Atoll. */
const LEAST_NODE = [22, 18] as const;

export interface Place {
  /** The folder of the server or of the client. */
  readonly directory: string;
  readonly certificatePath: string;
  /** Files with secrets, and the folders that should be their owner's alone. */
  readonly secretPaths: readonly string[];
  readonly now: () => number;
  readonly nodeVersion: string;
}

export interface ClientPlace extends Place {
  readonly role: "client";
  /** Undefined where the server is reached by another carrier than HTTPS. */
  readonly server: ConnectionTarget | undefined;
  readonly hello: () => Promise<HelloAnswer>;
  /** Undefined where the silo has no policy file. */
  readonly policy: { readonly path: string; readonly read: (text: string) => void } | undefined;
  /** Undefined where it is not known which folder has the rows. */
  readonly dataDirectory: string | undefined;
}

export interface ServerPlace extends Place {
  readonly role: "server";
  /** Whether the record answers; throws where it does not. */
  readonly record: () => Promise<void>;
}

/** All that can be looked at from a client's machine, or from the server's; `runChecks` runs them. */
export function doctorFor(place: ClientPlace | ServerPlace): readonly Check[] {
  const { directory, certificatePath, secretPaths, now, nodeVersion } = place;
  const isClient = place.role === "client";
  return [
    nodeCheck(nodeVersion, LEAST_NODE),
    ...diskChecks({ directory }),
    secretsCheck(secretPaths),
    certificateCheck({
      path: certificatePath,
      now,
      advice: isClient
        ? "a running client renews it by itself: start it; where it has expired, ask for an invitation and join again"
        : "start the server again, which renews it",
    }),
    ...(isClient ? clientChecks(place) : [recordCheck(place.record)]),
  ];
}

function clientChecks({ server, hello, policy, dataDirectory, now }: ClientPlace): Check[] {
  const advice = "correct the file: until then the client refuses every job";
  return [
    ...(server === undefined ? [] : connectionChecks(server)),
    ...helloChecks({ hello, now }),
    ...(policy === undefined ? [] : [fileCheck({ name: "policy", ...policy, advice })]),
    ...(dataDirectory === undefined ? [] : [dataCheck(dataDirectory)]),
  ];
}

function recordCheck(record: () => Promise<void>): Check {
  return {
    name: "record",
    run: async () => {
      await record();
      return { ok: true, finding: "the record of runs answers" };
    },
  };
}
