import type { ClientContext } from "../../../federation/client-context.ts";
import type { ServerContext } from "../../../federation/stage.ts";
import { AtollError } from "../../../errors/index.ts";
import { addGaussian } from "../../../privacy/index.ts";
import { refusalOf, servicesOf } from "../../stages/privacy/account.ts";
import { releaseName } from "../../stages/privacy/release-name.ts";
import type { MethodSettings } from "../../types.ts";
import type { FedcctrSettings } from "../config.ts";
import { centralAccount } from "./central.ts";
import { clientAccounts } from "./client-accounts.ts";
import type { ClientsNoise } from "./clients.ts";
import { distributedNoise } from "./distributed.ts";
import { localNoise } from "./local.ts";
import { gaussianUses, unitOf } from "./plan.ts";

/** Of the bound, what is left to rounding: noise lies on a grid that cells are truncated onto. */
const RESERVE = 2 ** -10;

export interface HistogramPrivacy {
  readonly config: FedcctrSettings;
  readonly settings: MethodSettings;
}

type HistogramSettings = NonNullable<FedcctrSettings["histogram"]>;

function histogramOf({ histogram }: FedcctrSettings): HistogramSettings {
  if (histogram === undefined) throw new RangeError("fedcctr: there is no histogram to protect");
  return histogram;
}

/** C_h: what a client's cells may be together, noise being measured by it. Default: those of one event. */
export function cellBound(config: FedcctrSettings): number {
  const { bound, levels } = histogramOf(config);
  return bound ?? Math.sqrt(levels.length);
}

/** What a client's cells are scaled down to. */
export function cellClip(config: FedcctrSettings): number {
  return cellBound(config) * (1 - RESERVE);
}

/** What leaves a party: a sum of clients' cells, and how many clients it is of. */
export interface CellsSum {
  readonly cells: Float64Array;
  readonly clients: number;
}

/** What clients do before the sum of their cells leaves. */
export interface CellsProtection {
  /** `sumOf` gives the sum of the cells of these clients. */
  readonly release: (
    clients: Int32Array,
    sumOf: (clients: Int32Array) => Float64Array,
  ) => Promise<CellsSum>;
}

const COUNTS = { stage: "counts", round: 0 } as const;

/** The part of the promise on cells that is kept where users are simulated. */
export function cellsProtectionOf(
  context: ClientContext,
  { config, settings: { privacy } }: HistogramPrivacy,
): CellsProtection {
  switch (privacy.kind) {
    case "none":
    case "central":
      return {
        release: async (clients, sumOf) => ({ cells: sumOf(clients), clients: clients.length }),
      };
    case "local":
      return noisyCells(context, localNoise(privacy), { config, delta: privacy.delta });
    case "distributed":
      return noisyCells(context, distributedNoise(privacy), { config, delta: privacy.delta });
    case "dp-sgd":
      throw new RangeError("fedcctr knows no dp-sgd: its unit is a client");
  }
}

function noisyCells(
  context: ClientContext,
  noise: ClientsNoise,
  { config, delta }: { readonly config: FedcctrSettings; readonly delta: number },
): CellsProtection {
  const services = servicesOf(`client ${context.name}`, context);
  const { noiseMultiplier } = histogramOf(config);
  const own = noiseMultiplier * noise.clientNoise * cellBound(config);
  return {
    release: async (clients, sumOf) => {
      const named = (cells: Float64Array, deviation: number) =>
        releaseName(services, {
          ...COUNTS,
          settings: ["fedcctr", "cells", deviation],
          arrays: { cells },
        });
      const all = sumOf(clients);
      const paid = await clientAccounts(services, { ...noise, delta, unit: unitOf(config) }).admit(
        clients,
        {
          ...COUNTS,
          what: "the client's noisy counts of what was chosen when",
          noiseMultiplier,
          drawn: false,
          id: named(all, own).id,
        },
      );
      const cells = paid.length === clients.length ? all : sumOf(paid);
      const deviation = own * Math.sqrt(paid.length);
      addGaussian(cells, deviation, named(cells, deviation).noise("cells"));
      return { cells, clients: paid.length };
    },
  };
}

/** Cells as they are published, with the deviation of the noise in each. */
export interface PublishedCells {
  readonly cells: Float32Array;
  readonly deviation: number;
}

/**
 * The server's part: under `central` it charges the histogram, once, and adds noise of deviation z_h C_h to every
 * cell. PRIVACY_BUDGET where its account has not as much left.
 */
export async function publishCells(
  context: ServerContext,
  { config, settings }: HistogramPrivacy,
  { cells, clients }: CellsSum,
): Promise<PublishedCells> {
  const { privacy } = settings;
  const { noiseMultiplier } = histogramOf(config);
  const deviation = noiseMultiplier * cellBound(config);
  const published = (noise: number) => ({ cells: Float32Array.from(cells), deviation: noise });
  switch (privacy.kind) {
    case "none":
      return published(0);
    case "local":
      return published(deviation * localNoise(privacy).clientNoise * Math.sqrt(clients));
    case "distributed":
      if (clients < privacy.minimumClients) cells.fill(0);
      return published(deviation * distributedNoise(privacy).clientNoise * Math.sqrt(clients));
    case "central": {
      const services = servicesOf("server", context);
      const name = releaseName(services, {
        ...COUNTS,
        settings: ["fedcctr", "cells", deviation],
        arrays: { cells },
      });
      const refused = await refusalOf(
        await centralAccount(context, privacy, { config, settings }),
        {
          ...COUNTS,
          id: name.id,
          run: services.run,
          what: "counts of what was chosen when",
          unit: unitOf(config),
          adjacency: "add-remove",
          uses: gaussianUses(noiseMultiplier),
        },
      );
      if (refused) throw new AtollError("PRIVACY_BUDGET", refused.why);
      addGaussian(cells, deviation, name.noise("cells"));
      return published(deviation);
    }
    case "dp-sgd":
      throw new RangeError("fedcctr knows no dp-sgd: its unit is a client");
  }
}
