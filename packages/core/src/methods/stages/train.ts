import type { Coordinator, Strategy } from "../../federation/index.ts";
import type { Stage } from "../../federation/stage.ts";
import type { ParameterSpec } from "../../tensor/index.ts";
import type { MethodSettings } from "../types.ts";
import { NO_AUGMENTATION, type Augmentation } from "./augmentation.ts";
import type { Block } from "./blocks.ts";
import { exchangeOf, type Join } from "./exchange.ts";
import { plainPasses, type LocalRule } from "./local-rule.ts";
import { answerRules } from "./privacy/answers.ts";
import { revealedUnder } from "./privacy/declared.ts";
import { requestMetadata } from "./privacy/request.ts";
import { checkSupported } from "./privacy/supported.ts";
import { trainClient } from "./train-client.ts";
import { trainServer } from "./train-server.ts";

/** What a federated method shares, and how the server joins it. */
export interface Federated {
  readonly kind: "federated";
  readonly server: ServerRule;
  /** Whether scale, shift and running statistics of normalisation layers travel. */
  readonly normalisation: "federated" | "local";
  /** Which dense parameters and running statistics travel, of those that `normalisation` lets. Default: all. */
  readonly parts?: (spec: ParameterSpec) => boolean;
  /** How clients train between what they receive and what they answer. Default: the experiment's passes. */
  readonly local?: LocalRule;
  /** Whether what is received replaces the client's own dense parameters; if not, it does so once, to begin. */
  readonly replaces?: boolean;
  /** Whether answers say how many rows and positives each task has; how much a client's update can be trusted. */
  readonly evidence?: boolean;
  /** After the last round: each client goes on alone from its best state, for so many passes at most. */
  readonly finalPasses?: number;
  /**
   * Trains a second, personal model v beside the one that travels, w, with lambda/2 ||v - w||^2 on the
   * dense parameters, w as received; v is what the client validates and scores with. Its value is lambda.
   */
  readonly personal?: number;
  /** Whether dense parameters, running statistics and tables of `federation.shared` travel. Default: true. */
  readonly dense?: boolean;
  /** How rows of other features' values are joined, by embedding and feature; undefined where they stay. */
  readonly rows?: (embedding: string, feature: string) => RowJoin | undefined;
}

/** One global state, or a state for each client, part by part of the model. */
export type ServerRule =
  | { readonly kind: "one-for-all"; readonly strategy: Strategy }
  | {
      readonly kind: "one-for-each";
      readonly coordinator: (
        blocks: readonly Block[],
        joins: ReadonlyMap<string, Join>,
      ) => Coordinator;
      /** Whether it joins rows of tables too, for each client by itself. Default: they are joined once for all. */
      readonly joinsTables?: boolean;
      /**
       * Whether the coordinator joins running statistics too, as one more block. Default: no, they are
       * measured, not learned, and every client gets their mean.
       */
      readonly joinsStatistics?: boolean;
    };

/**
 * How the server joins the rows of a table: by the clients' training rows, or row by row by those of them
 * that carry the row's value, where a row that nobody has stays as it was.
 */
export type RowJoin = "mean" | "usage";

/** Rounds without exchange: local-only training and the centralised reference. */
export interface Alone {
  readonly kind: "alone";
}

export type Sharing = Federated | Alone;

/**
 * Training in rounds. In each round a client takes over what the server sent, validates that state (the
 * one a deployment would serve), trains `localEpochs` passes and answers with its share. After the last
 * round every client takes over the final state, validates once more and keeps its best.
 */
export function trainStage(
  settings: MethodSettings,
  sharing: Sharing,
  augmentation: Augmentation = NO_AUGMENTATION,
): Stage {
  const exchange = exchangeOf(settings, sharing, augmentation);
  const local = localRuleOf(sharing);
  const evidence = sharing.kind === "federated" && sharing.evidence === true;
  const { privacy } = settings;
  const rules = answerRules(privacy, sharing, evidence);
  const asked = requestMetadata(privacy);
  checkSupported(settings, sharing, { exchange, local });
  return {
    name: "train",
    rounds: () => settings.federation.rounds + 1,
    messages: {
      train: {
        arrays: { ...exchange.declared, ...local.down?.(exchange.blocks) },
        metadata: asked,
        purpose: "the state to train from",
        answeredBy: ["update"],
      },
      update: {
        arrays: revealedUnder(privacy, {
          ...exchange.declared,
          ...exchange.declaredUses,
          ...local.up?.(exchange.blocks),
        }),
        metadata: rules.update,
        purpose: `the client's share after its passes over its own rows, with ${rules.says}`,
      },
      finish: {
        arrays: { ...exchange.declared, ...local.down?.(exchange.blocks) },
        metadata: asked,
        purpose: "the final state",
        answeredBy: ["finished"],
      },
      finished: {
        arrays: {},
        metadata: rules.finished,
        purpose: rules.tellsProgress
          ? "the validation value of the final state"
          : "says that the final state was taken over",
      },
    },
    server: (context) => trainServer(context, settings, sharing, exchange),
    client: (context) =>
      trainClient(context, settings, sharing, { exchange, augmentation, local, rules }),
  };
}

function localRuleOf(sharing: Sharing): LocalRule {
  return (sharing.kind === "federated" ? sharing.local : undefined) ?? plainPasses();
}
