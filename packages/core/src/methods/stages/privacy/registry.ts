import type { TrainingData } from "../../../data/index.ts";
import type { ClientContext } from "../../../federation/client-context.ts";
import type { ServerContext } from "../../../federation/stage.ts";
import type { MethodSettings } from "../../types.ts";
import type { Exchange } from "../exchange.ts";
import type { LocalRule } from "../local-rule.ts";
import { centralJoin } from "./central.ts";
import { distributedJoin, distributedProtection } from "./distributed.ts";
import { dpSgdProtection } from "./dp-sgd.ts";
import { asTheyCame, type ServerJoin } from "./join.ts";
import { localProtection } from "./local.ts";
import { unprotected, type ClientProtection } from "./protection.ts";

/** The client's part of a promise. */
export async function protectionOf(
  context: ClientContext,
  settings: MethodSettings,
  {
    data,
    exchange,
    local,
  }: {
    readonly data: TrainingData;
    readonly exchange: Exchange;
    readonly local: LocalRule;
  },
): Promise<ClientProtection> {
  const { privacy } = settings;
  switch (privacy.kind) {
    case "none":
    case "central":
      return unprotected;
    case "dp-sgd":
      return dpSgdProtection(context, privacy, { data, settings, local });
    case "local":
      return localProtection(context, privacy, { settings, exchange });
    case "distributed":
      return distributedProtection(context, privacy, { settings, exchange });
  }
}

/** The server's part of a promise. */
export function joinOf(
  context: ServerContext,
  settings: MethodSettings,
  { exchange }: { readonly exchange: Exchange },
): ServerJoin {
  const { privacy } = settings;
  switch (privacy.kind) {
    case "none":
    case "dp-sgd":
    case "local":
      return asTheyCame;
    case "central":
      return centralJoin(context, privacy, { settings, exchange });
    case "distributed":
      return distributedJoin(privacy, context.clients.length);
  }
}
