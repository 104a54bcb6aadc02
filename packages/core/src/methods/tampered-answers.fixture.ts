import { expect } from "vitest";
import { AtollError } from "../errors/index.ts";
import {
  checkAnswer,
  decodeMessage,
  encodeMessage,
  guardAnswer,
  runStages,
  type Message,
  type Stage,
  type WireArray,
} from "../federation/index.ts";
import type { PrivacyServices } from "../privacy/index.ts";

/** An answer as an honest client gave it. */
interface Honest {
  readonly client: string;
  readonly message: Message;
}

type Tampered = readonly [how: string, answer: Message];

export interface TamperOptions {
  /** All runs are of the same: what a stage remembers is in its state alone. */
  readonly stages: readonly Stage[];
  /** All messages of an honest run; those of other directions are left out. */
  readonly traffic: readonly (Honest & { readonly direction: "up" | "down" })[];
  /** The server's. */
  readonly privacy?: () => PrivacyServices;
}

/**
 * Runs the server halves on the answers of an honest run with one of them tampered with, in every way and of every
 * kind, the first and the last. Each run must end well or in an AtollError. How many did either.
 */
export async function tamperedRuns({ stages, traffic, privacy }: TamperOptions) {
  const honest = traffic
    .filter(({ direction }) => direction === "up")
    .map((answer) => ({
      ...answer,
      key: keyOf(answer.client, requestOf(stages, answer.message)),
    }));
  const answers = new Map(honest.map(({ key, message }) => [key, message]));
  const clients = [...new Set(honest.map(({ client }) => client))];
  const counts = { worked: 0, refused: 0 };
  /** The server before a round, by who answers what in it. */
  const before = new Map<string, Uint8Array>();
  let saved: Uint8Array | undefined;
  /** Whether the last run's tampered answer passed the check of a round that may do without it. */
  let isChecked = false;

  /** From the round on that an answer of is tampered with. */
  const run = async (key?: string, tampered?: Message): Promise<unknown> => {
    const resumeFrom = key === undefined ? undefined : before.get(key);
    isChecked = false;
    try {
      await runStages({
        stages,
        clients,
        exchange: async ({ requests, optional, check, take }) => {
          for (const [client, bytes] of requests) {
            const place = keyOf(client, decodeMessage(bytes));
            if (key === undefined && saved) before.set(place, saved);
            const answer = place === key ? tampered : answers.get(place);
            // What an honest client would answer to a tampered server is not known.
            if (answer === undefined) throw new UnknownAnswer();
            // A round that may do without it: what its check lets through, the stage can use.
            if (optional && place === key) {
              checkAnswer(client, decodeMessage(bytes), answer);
              guardAnswer(
                stages.find(({ name }) => name === answer.stage)!,
                decodeMessage(bytes),
                answer,
              );
              check(client, answer);
              isChecked = true;
            }
            take(client, encodeMessage(answer));
          }
        },
        seed: 1,
        ...(privacy && { privacy: privacy() }),
        signal: new AbortController().signal,
        onEvent: () => {},
        checkpoint: async (state) => {
          if (key === undefined) saved = state.slice();
        },
        ...(resumeFrom && { resumeFrom }),
      });
    } catch (error) {
      return error;
    }
    return undefined;
  };

  expect(await run()).toBeUndefined();
  const byKind = Map.groupBy(honest, ({ message }) => `${message.stage}/${message.kind}`);
  const chosen = [...byKind.values()].flatMap((all) => [...new Set([all[0]!, all.at(-1)!])]);
  for (const { key, message } of chosen) {
    const declared = stages.find(({ name }) => name === message.stage)!;
    for (const [how, answer] of tamperedOf(declared, message)) {
      const error = await run(key, answer);
      const isCrash =
        error !== undefined && !(error instanceof AtollError) && !(error instanceof UnknownAnswer);
      expect(isCrash ? error : undefined, `${key}, ${message.kind}: ${how}`).toBeUndefined();
      if (isChecked)
        expect(
          error instanceof AtollError ? error : undefined,
          `${key}, ${message.kind}: ${how}`,
        ).toBeUndefined();
      counts[error instanceof AtollError ? "refused" : "worked"] += 1;
    }
  }
  return counts;
}

class UnknownAnswer extends Error {}

type Request = Pick<Message, "stage" | "round" | "kind">;

function keyOf(client: string, { stage, round, kind }: Request): string {
  return `${client}: ${stage}/${kind} ${round}`;
}

function requestOf(stages: readonly Stage[], { stage, round, kind }: Message): Request {
  const { messages } = stages.find(({ name }) => name === stage)!;
  const asked = Object.keys(messages).find((name) => messages[name]!.answeredBy?.includes(kind));
  return { stage, round, kind: asked! };
}

/** An answer in all ways that are tried. */
function tamperedOf(stage: Stage, message: Message): Tampered[] {
  const others = Object.keys(stage.messages).filter((kind) => kind !== message.kind);
  const { arrays } = message;
  return [
    ...others.flatMap((kind): Tampered[] => [
      [`as ${kind}`, { ...message, kind }],
      [`as an empty ${kind}`, { ...message, kind, arrays: {}, metadata: {} }],
    ]),
    ["without arrays", { ...message, arrays: {} }],
    ...Object.keys(arrays).flatMap((name) =>
      arraysLike(arrays[name]!).map(([how, array]): Tampered => [
        `${name} ${how}`,
        { ...message, arrays: withEntry(arrays, name, array) },
      ]),
    ),
    ...valuesLike(message.metadata).map(([how, metadata]): Tampered => [
      `metadata ${how}`,
      { ...message, metadata: metadata as Record<string, unknown> },
    ]),
  ];
}

function arraysLike({ shape, data }: WireArray): (readonly [string, WireArray | undefined])[] {
  const filled = (value: number) => ({ shape, data: data.map(() => value) as WireArray["data"] });
  const from = (values: ArrayLike<number>): WireArray => {
    const given = data.slice(0, 0).constructor as Float32ArrayConstructor;
    return { shape: [values.length], data: given.from(values) };
  };
  return [
    ["left out", undefined],
    ["without numbers", from([])],
    ["of no columns", { shape: [2 ** 40, 0], data: data.slice(0, 0) }],
    ["of no rows", { shape: [0, 2 ** 40], data: data.slice(0, 0) }],
    ["of no dimension", { shape: [], data: Float32Array.of(1) }],
    ["without its last number", from(data.subarray(0, -1))],
    ["with one number more", from([...data, 1])],
    ["flat", { shape: [data.length], data }],
    ...[Float32Array, Float64Array, Int32Array, Uint8Array].map(
      (make) => [`as ${make.name}`, { shape, data: make.from(data) }] as const,
    ),
    ["of extremes in doubles", { shape, data: Float64Array.from(data, () => 1e308) }],
    ...[0, -1, NaN, Infinity, 3e38].map((value) => [`all ${value}`, filled(value)] as const),
  ];
}

/** Other values in place of each that there is, at any depth; undefined leaves an entry out. */
function valuesLike(value: unknown): (readonly [string, unknown])[] {
  if (typeof value === "number")
    return [0, -1, 0.5, Number.MAX_SAFE_INTEGER].map((other) => [`is ${other}`, other]);
  if (typeof value === "boolean") return [["is the other", !value]];
  if (Array.isArray(value)) return [["is empty", []]];
  if (typeof value !== "object" || value === null) return [];
  return [
    ["is empty", {}],
    ...Object.entries(value).flatMap(([name, entry]) =>
      [["is left out", undefined] as const, ...valuesLike(entry)].map(
        ([how, other]) =>
          [`${name} ${how}`, withEntry<unknown>({ ...value }, name, other)] as const,
      ),
    ),
  ];
}

function withEntry<T>(entries: Readonly<Record<string, T>>, name: string, value: T | undefined) {
  const { [name]: _, ...rest } = entries;
  return value === undefined ? rest : { ...rest, [name]: value };
}
