import type { Stage } from "../../../federation/stage.ts";
import type { MethodSettings } from "../../types.ts";
import { codebookClient } from "./client.ts";
import { CODEBOOK_STAGE, codebookMessages, phasesOf } from "./messages.ts";
import { codebookServer } from "./server.ts";
import type { FedMmConfig } from "../config.ts";

/**
 * A residual quantiser per market and entity, with codebooks that the federation or the market has. In
 * each round a market trains on its own vectors from the common rows on; the server joins what comes back.
 * With levels that are all local nothing but counts of entities and errors is exchanged, round by round:
 * the exact control. A local level is joined "over one" by the rule of the federated ones, so that one
 * market alone gets the same codes, to the last bit, whoever has its first level. Leaves `memory.codes`
 * and, in the party's store, the file of codebook-file.ts.
 */
export function codebookStage(_settings: MethodSettings, config: FedMmConfig): Stage {
  return {
    name: CODEBOOK_STAGE,
    rounds: () => phasesOf(config).length,
    messages: codebookMessages(config),
    server: (context) => codebookServer(context, config),
    client: (context) => codebookClient(context, config),
  };
}
