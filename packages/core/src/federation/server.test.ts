import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decodeMessage, encodeMessage } from "./codec/message.ts";
import { throughConnections, type ExchangeRound, type RoundExchange } from "./connection.ts";
import { runStages, type ServerEvent, type ServerOutcome } from "./server.ts";
import type { SavedState, Stage } from "./stage.ts";
import type { Message, WireArray } from "./types.ts";

const floats = (length: number): WireArray => ({ shape: [length], data: new Float32Array(length) });
const counts = (length: number): WireArray => ({ shape: [length], data: new Int32Array(length) });

/** So many rounds; each sends `down` to everybody. `result` says how many answers came. */
function stageOf(name: string, rounds: number, down: Message["arrays"]): Stage {
  const metadata = z.strictObject({});
  const arrays = { z: "z", "b:1": "b", "b:0": "b", a: "a" };
  return {
    name,
    messages: {
      ask: { arrays, metadata, purpose: "asks", answeredBy: ["answer"] },
      answer: { arrays, metadata, purpose: "answers" },
    },
    client: () => Promise.reject(new Error("not in this test")),
    server: ({ clients }) => {
      let round = 0;
      let answers = 0;
      const state = (): SavedState => ({
        arrays: { last: floats(1) },
        metadata: { round, answers },
      });
      return {
        next: () => {
          if (round === rounds) return undefined;
          const request: Message = { kind: "ask", stage: name, round, arrays: down, metadata: {} };
          return new Map(clients.map((client) => [client, request]));
        },
        receive: (replies) => {
          round += 1;
          answers += replies.size;
        },
        save: state,
        load: ({ metadata: saved }) => {
          round = saved["round"] as number;
          answers = saved["answers"] as number;
        },
        result: state,
      };
    },
  };
}

const stages = [
  stageOf("first", 1, {}),
  stageOf("second", 3, { z: floats(2), "b:1": counts(3) }),
  stageOf("none", 0, {}),
];

/** Each client answers with arrays of its own; the later names of the alphabet answer first. */
const answers: Readonly<Record<string, Message["arrays"]>> = {
  x: { "b:1": counts(1), "b:0": { shape: [5], data: new Uint8Array(5) } },
  y: { a: { shape: [2], data: new Float64Array(2) } },
};

async function run(interruptAfter?: number): Promise<ServerOutcome & { kind: "done" }> {
  let saved: Uint8Array | undefined;
  const going = (abort?: AbortController) =>
    runStages({
      stages,
      ...throughConnections(
        Object.keys(answers).map((name) => ({
          name,
          close: async () => {},
          request: async (bytes) => {
            const { stage, round } = decodeMessage(bytes);
            if (name === "x") await new Promise((done) => setTimeout(done, 1));
            const arrays = stage === "second" ? answers[name]! : {};
            return encodeMessage({ kind: "answer", stage, round, arrays, metadata: {} });
          },
        })),
      ),
      seed: 1,
      signal: (abort ?? new AbortController()).signal,
      onEvent: () => {},
      checkpoint: async (state, numRounds) => {
        saved = state.slice();
        if (numRounds === interruptAfter) abort?.abort();
      },
      ...(saved && { resumeFrom: saved }),
    });
  if (interruptAfter !== undefined)
    expect((await going(new AbortController())).kind).toBe("stopped");
  const outcome = await going();
  if (outcome.kind !== "done") throw new Error("stopped");
  return outcome;
}

test("arrays are counted by name in bytes of their numbers; the rest of the bytes is headers", async () => {
  const { stages: traffic } = await run();
  expect(traffic.map(({ stage }) => stage)).toEqual(["first", "second"]);
  expect(traffic[0]!.arrays).toEqual({});
  const { arrays, bytesUp, bytesDown, answers: replies } = traffic[1]!;
  // Three rounds, two clients; an answer of one client has what the other's lacks.
  expect(arrays).toEqual({
    a: { up: 3 * 16, down: 0 },
    "b:0": { up: 3 * 5, down: 0 },
    "b:1": { up: 3 * 4, down: 3 * 2 * 12 },
    z: { up: 0, down: 3 * 2 * 8 },
  });
  expect(Object.keys(arrays!)).toEqual(["a", "b:0", "b:1", "z"]);
  expect(replies).toBe(6);
  expect(bytesUp).toBeGreaterThan(48 + 15 + 12);
  expect(bytesDown).toBeGreaterThan(72 + 48);
});

test("what stages left is told, of a stage without rounds too", async () => {
  const { results } = await run();
  expect([...results].map(([name, { metadata }]) => [name, metadata])).toEqual([
    ["first", { round: 1, answers: 2 }],
    ["second", { round: 3, answers: 6 }],
    ["none", { round: 0, answers: 0 }],
  ]);
});

test.each([1, 2, 3])(
  "a run that stopped after round %i and went on tells the same",
  async (round) => {
    const [resumed, whole] = [await run(round), await run()];
    expect(resumed).toEqual(whole);
    for (const { arrays } of resumed.stages)
      expect(Object.keys(arrays!)).toEqual(Object.keys(arrays!).toSorted());
  },
);

test("a round in which nobody is asked counts, and is told by its number", async () => {
  const empty = stageOf("empty", 3, {});
  const stage: Stage = {
    ...empty,
    server: (context) => {
      const server = empty.server(context);
      return { ...server, next: () => (server.next() === undefined ? undefined : new Map()) };
    },
  };
  const rounds: unknown[] = [];
  const outcome = await runStages({
    stages: [stage],
    ...throughConnections([]),
    seed: 1,
    signal: new AbortController().signal,
    onEvent: (event) => void (event.kind === "round-end" && rounds.push(event.round)),
    checkpoint: async () => {},
  });
  expect(rounds).toEqual([0, 1, 2]);
  expect(outcome).toMatchObject({
    kind: "done",
    stages: [{ stage: "empty", rounds: 3, answers: 0 }],
  });
});

describe("an exchange that takes what it gets", () => {
  /** One stage of two rounds, the second of which may do without some: what it received, and what was told. */
  async function exchanged(exchange: ExchangeRound) {
    const plain = stageOf("second", 2, { z: floats(2) });
    const received: string[][] = [];
    const events: ServerEvent[] = [];
    const stage: Stage = {
      ...plain,
      server: (context) => {
        const server = plain.server(context);
        return {
          ...server,
          optional: () => received.length === 1,
          receive: (replies) => {
            received.push([...replies.keys()]);
            return server.receive(replies);
          },
        };
      },
    };
    const outcome = await runStages({
      stages: [stage],
      clients: ["z", "x", "y"],
      exchange,
      seed: 1,
      signal: new AbortController().signal,
      onEvent: (event) => void events.push(event),
      checkpoint: async () => {},
    });
    if (outcome.kind !== "done") throw new Error("stopped");
    const told = (round: number) =>
      events.flatMap((event) =>
        event.kind === "reply" && event.round === round ? [event.client] : [],
      );
    return { received, traffic: outcome.stages[0]!, told };
  }

  const answer = (round: number, own: Partial<Message> = {}) =>
    encodeMessage({
      kind: "answer",
      stage: "second",
      round,
      arrays: { a: { shape: [2], data: new Float64Array(2) } },
      metadata: {},
      ...own,
    });

  test("hears from the stage whether all must answer, and hands over what came, by name", async () => {
    const asked: (readonly [readonly string[], boolean])[] = [];
    const { received, traffic, told } = await exchanged(
      async ({ requests, optional, round, take }) => {
        asked.push([[...requests.keys()], optional]);
        for (const client of [...requests.keys()].toReversed())
          if (!(optional && client === "y")) take(client, answer(round));
      },
    );
    expect(asked).toEqual([
      [["x", "y", "z"], false],
      [["x", "y", "z"], true],
    ]);
    expect(received).toEqual([
      ["x", "y", "z"],
      ["x", "z"],
    ]);
    expect(told(1)).toEqual(["z", "x"]);
    // Who did not answer was sent nothing that counts, either.
    expect(traffic).toMatchObject({ rounds: 2, answers: 5 });
    expect(traffic.arrays).toEqual({ a: { up: 5 * 16, down: 0 }, z: { up: 0, down: 5 * 8 } });
    expect(traffic.bytesUp).toBe(5 * answer(0).length);
  });

  test("a round without any answer is a round", async () => {
    const { received, traffic } = await exchanged(async ({ requests, optional, round, take }) => {
      if (!optional) for (const client of requests.keys()) take(client, answer(round));
    });
    expect(received).toEqual([["x", "y", "z"], []]);
    expect(traffic).toMatchObject({ rounds: 2, answers: 3 });
  });

  const wrongs: readonly (readonly [string, (round: number) => Uint8Array, string])[] = [
    ["damaged", (round) => answer(round).slice(0, -1), "MESSAGE_MALFORMED"],
    ["of another round", (round) => answer(round + 1), "MESSAGE_UNDECLARED"],
    ["of another stage", (round) => answer(round, { stage: "first" }), "MESSAGE_UNDECLARED"],
    ["undeclared", (round) => answer(round, { arrays: { c: floats(1) } }), "MESSAGE_UNDECLARED"],
  ];
  const carriers = {
    "as bytes": (bytes: Uint8Array) => bytes,
    "as bytes that lie elsewhere": (bytes: Uint8Array) => ({
      length: bytes.length,
      read: (from: number, to: number) => bytes.slice(from, to),
    }),
  };
  describe.each(Object.entries(carriers))("%s", (_carrier, carried) => {
    test.each(wrongs)(
      "an answer that is %s is refused, and counts nowhere",
      async (_, wrong, code) => {
        const refusals: unknown[] = [];
        const tryIt = ({ take, round }: RoundExchange, client: string) => {
          try {
            take(client, carried(wrong(round)));
          } catch (error) {
            refusals.push((error as { code?: string }).code);
          }
        };
        const { received, traffic, told } = await exchanged(async (round) => {
          for (const client of round.requests.keys()) {
            if (client === "x") tryIt(round, client);
            // In the first round it sends the right one after all.
            if (client !== "x" || !round.optional) round.take(client, carried(answer(round.round)));
          }
        });
        expect(refusals).toEqual([code, code]);
        expect(received).toEqual([
          ["x", "y", "z"],
          ["y", "z"],
        ]);
        expect(told(1)).toEqual(["y", "z"]);
        expect(traffic).toMatchObject({ answers: 5, bytesUp: 5 * answer(0).length });
      },
    );
  });
});
