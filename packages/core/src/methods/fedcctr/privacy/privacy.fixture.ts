import type { ClientContext } from "../../../federation/client-context.ts";
import type { ServerContext } from "../../../federation/stage.ts";
import { twoDomains } from "../../../population/tables.fixture.ts";
import { testServices, watchedLedger } from "../../stages/privacy/services.fixture.ts";
import { privateSettings } from "../../stages/privacy/run.fixture.ts";
import { emptyContext } from "../../two-markets.fixture.ts";
import { fedcctrConfig, withAugmentation, type FedcctrSettings } from "../config.ts";

export type Watched = ReturnType<typeof watchedLedger>;

const [split] = twoDomains();

export const configOf = (own: Readonly<Record<string, unknown>> = {}): FedcctrSettings =>
  withAugmentation(fedcctrConfig.parse({ kind: "fedcctr", ...own }), {
    augmentation: { kind: "none" },
  });

export const settingsOf = (privacy: Readonly<Record<string, unknown>>, rounds = 3) =>
  privateSettings(privacy, { rounds });

/** A party that simulates clients, with a ledger that can be read. */
export function partyWith(ledger: Watched = watchedLedger(), secret = 1) {
  const privacy = testServices("sim-1", { ledger: ledger.ledger, secret });
  const context: ClientContext = { ...emptyContext(split), name: "sim-1", privacy };
  return { context, ledger, privacy };
}

export function serverWith(ledger: Watched = watchedLedger(), secret = 1) {
  const privacy = testServices("server", { ledger: ledger.ledger, secret });
  const context: ServerContext = { clients: ["sim-1"], seed: 1, results: new Map(), privacy };
  return { context, ledger, privacy };
}

export const model = Float32Array.of(1, 2, 3);
export const numbers = (...clients: number[]) => Int32Array.from(clients);
