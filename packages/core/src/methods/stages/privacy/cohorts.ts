import { poissonCohort, sampleCohort, type FederationConfig } from "../../../federation/index.ts";
import type { ServerContext } from "../../../federation/stage.ts";
import { streamOf, type RandomBits } from "../../../random/index.ts";
import type { PrivacyServices } from "../../../privacy/index.ts";

/** Clients that a round has, or is expected to have. */
export function expectedCohort(
  { clientsPerRound }: Pick<FederationConfig, "clientsPerRound">,
  numClients: number,
): number {
  return clientsPerRound === "all" ? numClients : Math.min(clientsPerRound, numClients);
}

/** The probability with which each client is in a round by itself; 1 where cohorts are not drawn so. */
export function samplingRateOf(
  federation: Pick<FederationConfig, "cohort" | "clientsPerRound">,
  numClients: number,
): number {
  return federation.cohort === "poisson" ? expectedCohort(federation, numClients) / numClients : 1;
}

/**
 * The clients of a round among those that may still take part. With a promise, Poisson cohorts are drawn by
 * the server's secret, which is what sampling amplifies by; all others follow from the seed.
 */
export function cohortOf(
  { clients, seed }: Pick<ServerContext, "clients" | "seed">,
  {
    federation,
    running,
    round,
    secret,
  }: {
    readonly federation: Pick<FederationConfig, "cohort" | "clientsPerRound">;
    readonly running: readonly string[];
    readonly round: number;
    /** Of a server with a promise. */
    readonly secret?: PrivacyServices | undefined;
  },
): readonly string[] {
  const { clientsPerRound, cohort } = federation;
  if (clientsPerRound === "all") return running;
  if (cohort === "fixed")
    return sampleCohort(running, clientsPerRound, streamOf(seed, round, "cohort"));
  const drawn = poissonCohort(
    clients,
    clientsPerRound,
    secret === undefined
      ? streamOf(seed, round, "cohort")
      : secretStream(secret.noise(`cohort/${secret.run}/${round}`)),
  );
  return drawn.filter((client) => running.includes(client));
}

function secretStream(randomBytes: (count: number) => Uint8Array): RandomBits {
  return {
    next: () => {
      const bytes = randomBytes(4);
      return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0, true);
    },
  };
}
