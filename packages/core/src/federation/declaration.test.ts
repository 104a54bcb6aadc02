import { describe, expect, test } from "vitest";
import { z } from "zod";
import { createClient } from "./client.ts";
import { decodeMessage, encodeMessage } from "./codec/message.ts";
import { describeMessages, guardAnswer, guardRequest } from "./declaration.ts";
import { noCryptography } from "./no-cryptography.fixture.ts";
import { runStages } from "./server.ts";
import type { Stage } from "./stage.ts";
import type { Message } from "./types.ts";

const nothing = z.strictObject({});
const values = z.strictObject({ values: z.array(z.string()) });

/** Asks for values, and tells them; `said` is what the client says to any request. */
function stageOf(said: (request: Message) => Message): Stage {
  return {
    name: "words",
    messages: {
      list: { arrays: {}, metadata: nothing, purpose: "asks", answeredBy: ["values", "none"] },
      values: { arrays: {}, metadata: values, purpose: "values" },
      none: { arrays: {}, metadata: nothing, purpose: "there are none" },
      agree: { arrays: {}, metadata: values, purpose: "tells", answeredBy: ["agreed"] },
      agreed: { arrays: {}, metadata: nothing, purpose: "says so" },
    },
    server: ({ clients }) => {
      let asked = false;
      return {
        next: () => (asked ? undefined : new Map(clients.map((client) => [client, list]))),
        receive: (replies) => {
          asked = true;
          for (const { metadata } of replies.values()) values.parse(metadata);
        },
        save: () => ({ arrays: {}, metadata: {} }),
        load: () => {},
      };
    },
    client: async () => ({
      handle: async (request) => said(request),
      save: () => ({ arrays: {}, metadata: {} }),
      load: () => {},
      close: async () => {},
    }),
  };
}

const list: Message = { kind: "list", stage: "words", round: 0, arrays: {}, metadata: {} };
const agreed: Message = { ...list, kind: "agreed" };
const honest: Message = { ...list, kind: "values", metadata: { values: ["a"] } };
const stage = stageOf(() => agreed);

const undeclared = (message: string) =>
  expect.objectContaining({
    code: "MESSAGE_UNDECLARED",
    message: expect.stringContaining(message) as string,
  }) as Error;
const wrongKind = undeclared(
  'stage "words", message "agreed": an answer to "list", which only values or none may answer',
);

describe("an answer", () => {
  test("is of a kind that may answer its request", () => {
    expect(guardAnswer(stage, list, honest)).toBe(honest);
    const none = { ...list, kind: "none" };
    expect(guardAnswer(stage, list, none)).toBe(none);
    expect(() => guardAnswer(stage, list, agreed)).toThrow(wrongKind);
  });

  test("is no request", () => {
    expect(() => guardAnswer(stage, list, list)).toThrow(
      undeclared('message "list": an answer to "list", which only values or none may answer'),
    );
  });

  test("is of its request's round", () => {
    expect(() => guardAnswer(stage, list, { ...honest, round: 1 })).toThrow(
      undeclared("an answer of round 1 in round 0"),
    );
  });

  test("is as its own kind declares", () => {
    expect(() => guardAnswer(stage, list, { ...honest, metadata: {} })).toThrow(
      undeclared("the metadata are not as declared"),
    );
  });

  test("of a wrong kind never reaches the server's half of a stage", async () => {
    const run = runStages({
      stages: [stage],
      clients: ["a"],
      exchange: async ({ requests, take }) => {
        for (const client of requests.keys()) take(client, encodeMessage(agreed));
      },
      seed: 1,
      signal: new AbortController().signal,
      onEvent: () => {},
      checkpoint: async () => {},
    });
    await expect(run).rejects.toThrow(wrongKind);
  });
});

describe("a client", () => {
  const clientOf = (said: (request: Message) => Message) =>
    createClient([stageOf(said)], {
      name: "a",
      seed: 1,
      splits: [],
      executor: undefined as never,
      store: { write: async () => {}, read: async () => undefined },
      earlier: () => ({ read: async () => undefined }),
      cryptography: noCryptography,
      memory: {},
    });

  test("answers a request in a kind that may answer it", async () => {
    const answer = await clientOf(() => honest).handle(encodeMessage(list));
    expect(decodeMessage(answer)).toEqual(honest);
    await expect(clientOf(() => agreed).handle(encodeMessage(list))).rejects.toThrow(wrongKind);
  });

  test("cannot be asked an answer", async () => {
    const client = clientOf(() => {
      throw new Error("the client's half was asked");
    });
    const refused = undeclared('message "agreed": it is an answer, and nobody can be asked it');
    await expect(client.handle(encodeMessage(agreed))).rejects.toThrow(refused);
    expect(() => guardRequest(stage, agreed)).toThrow(refused);
  });
});

test("messages are told with the way that they go", () => {
  expect(describeMessages([stage]).map(({ kind, direction }) => [kind, direction])).toEqual([
    ["list", "to clients"],
    ["values", "to server"],
    ["none", "to server"],
    ["agree", "to clients"],
    ["agreed", "to server"],
  ]);
});
