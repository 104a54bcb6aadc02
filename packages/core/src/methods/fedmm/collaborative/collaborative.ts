import { z } from "zod";
import type { Stage } from "../../../federation/stage.ts";
import { createLightGcn, createMfBpr, createSvd } from "../../../models/collaborative/index.ts";
import type { ByPasses } from "../../stages/collaborative-training.ts";
import { askOnce } from "../../stages/single-request.ts";
import { trainReply } from "../../stages/train-reply.ts";
import type { MethodSettings } from "../../types.ts";
import { collaborativeClient, takingClient } from "./client.ts";
import { declaredArrays, modelNames } from "./coupling.ts";
import { numFoldsOf } from "./file.ts";
import { collaborativeServer } from "./server.ts";
import type { CollaborativeConfig, FedMmConfig } from "../config.ts";

/**
 * Phase 1 of FedMM: every client learns vectors of its users and items from its training positives, one
 * model of all of them and one without each fold of pairs. The passes are spread over
 * `collaborative.rounds`; the model of all is validated before each round and at the end, and where it is
 * the best, the vectors of every model are kept. Alone a client sends numbers about its training only.
 * With anchors, each round the learned vectors of items that several clients hold are replaced by their
 * average over those that hold them (see `meeting`); Adam's memory and everything else stay where they are.
 */
export function collaborativeVectorsStage(settings: MethodSettings, config: FedMmConfig): Stage {
  const { from } = config.collaborative;
  return from === undefined
    ? trainedVectors(settings, config)
    : takenVectors(settings, config, from);
}

const empty = z.strictObject({});

function trainedVectors(settings: MethodSettings, config: FedMmConfig): Stage {
  const method = byPasses(config.collaborative.model);
  const rounds = Math.min(config.collaborative.rounds, method.epochs);
  const coupled = config.alignment.anchors;
  const names = modelNames(numFoldsOf(config));
  const { up, down } = coupled ? declaredArrays(names) : { up: {}, down: {} };
  return {
    name: "collaborative",
    rounds: () => rounds + (coupled ? 2 : 1),
    messages: {
      ...(coupled && {
        start: {
          arrays: {},
          metadata: empty,
          purpose: "asks coupled clients for what they begin from",
          answeredBy: ["started"],
        },
        started: {
          arrays: up,
          metadata: empty,
          purpose: "the random vectors that the client's shared items begin from",
        },
      }),
      train: {
        arrays: down,
        metadata: empty,
        purpose: "asks for a round of collaborative passes",
        answeredBy: ["update"],
      },
      update: {
        arrays: up,
        metadata: trainReply,
        purpose: "row count, loss and validation value of the client's collaborative model",
      },
      finish: {
        arrays: down,
        metadata: empty,
        purpose: "says that the rounds are over",
        answeredBy: ["finished"],
      },
      finished: {
        arrays: {},
        metadata: trainReply,
        purpose: "the validation value of the final vectors",
      },
    },
    server: (context) => collaborativeServer(context, { rounds, coupled, names }),
    client: (context) => collaborativeClient(context, settings, config, { method, rounds }),
  };
}

function takenVectors(settings: MethodSettings, config: FedMmConfig, from: string): Stage {
  return {
    name: "collaborative",
    messages: {
      take: {
        arrays: {},
        metadata: empty,
        purpose: "asks the client to take its earlier vectors",
        answeredBy: ["taken"],
      },
      taken: { arrays: {}, metadata: empty, purpose: "says that it did" },
    },
    server: (context) => askOnce(context, "collaborative", "take"),
    client: (context) => takingClient(context, settings, config, from),
  };
}

function byPasses(model: CollaborativeConfig["model"]): ByPasses {
  const { kind, epochs } = model;
  return {
    kind,
    epochs,
    create: (positives, random) => {
      switch (model.kind) {
        case "lightgcn":
          return createLightGcn(positives, model, random);
        case "mf-bpr":
          return createMfBpr(positives, model, random);
        case "svd":
          return createSvd(positives, model, random);
      }
    },
  };
}
