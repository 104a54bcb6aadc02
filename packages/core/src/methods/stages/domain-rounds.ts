import { z } from "zod";
import type { Stage } from "../../federation/stage.ts";
import type { MethodSettings } from "../types.ts";
import { evaluateStage } from "./evaluate.ts";
import { trainReply } from "./train-reply.ts";

type Arrays = Readonly<Record<string, string>>;

/** A method whose clients are domains that each keep a model of their own. */
export interface DomainMethod extends Pick<Stage, "server" | "client"> {
  /** What a round of passes starts from, and what is absent of it at first. */
  readonly down: { readonly arrays: Arrays; readonly purpose: string };
  /** What a client says after them. */
  readonly up: { readonly arrays: Arrays; readonly purpose: string };
  /** What the last message down is. */
  readonly last: string;
}

/** Rounds of passes over domains' own data, then the evaluation. */
export function domainStages(
  settings: MethodSettings,
  { down, up, last, server, client }: DomainMethod,
): readonly Stage[] {
  const nothing = z.strictObject({});
  const train: Stage = {
    name: "train",
    rounds: () => settings.federation.rounds + 1,
    messages: {
      train: { ...down, metadata: nothing, answeredBy: ["update"] },
      update: { ...up, metadata: trainReply },
      finish: { arrays: down.arrays, metadata: nothing, purpose: last, answeredBy: ["finished"] },
      finished: {
        arrays: {},
        metadata: trainReply,
        purpose: "the validation value of the final state",
      },
    },
    server,
    client,
  };
  return [train, evaluateStage(settings)];
}
