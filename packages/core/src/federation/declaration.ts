import { z } from "zod";
import { AtollError } from "../errors/index.ts";
import type { Stage } from "./stage.ts";
import type { Message } from "./types.ts";

/**
 * Refuses a message that its stage does not declare, or that carries an array or a metadata field
 * beyond its declaration. Called before a message is encoded and after one is decoded, at both ends.
 */
export function guard(stage: Stage, message: Message): Message {
  const declaration = Object.hasOwn(stage.messages, message.kind)
    ? stage.messages[message.kind]
    : undefined;
  const what = `stage "${stage.name}", message "${message.kind}"`;
  if (message.stage !== stage.name || declaration === undefined)
    throw new AtollError(
      "MESSAGE_UNDECLARED",
      `${what}: the stage declares only ${Object.keys(stage.messages).join(", ")}; nothing was sent`,
    );
  const undeclared = Object.keys(message.arrays).filter(
    (name) => !Object.hasOwn(declaration.arrays, name),
  );
  if (undeclared.length > 0)
    throw new AtollError(
      "MESSAGE_UNDECLARED",
      `${what}: array ${undeclared.map((name) => `"${name}"`).join(", ")} is not declared; nothing was sent`,
    );
  const metadata = declaration.metadata.safeParse(message.metadata);
  if (!metadata.success)
    throw new AtollError(
      "MESSAGE_UNDECLARED",
      `${what}: the metadata are not as declared: ${z.prettifyError(metadata.error)}`,
    );
  return message;
}

/** The same of what a server asks: it is a message with answers. */
export function guardRequest(stage: Stage, request: Message): Message {
  guard(stage, request);
  answersTo(stage, request);
  return request;
}

/** The same of what a client says: it is of the request's round, and of a kind that may answer the request. */
export function guardAnswer(stage: Stage, request: Message, answer: Message): Message {
  const kinds = answersTo(stage, request);
  guard(stage, answer);
  const told = `stage "${stage.name}", message "${answer.kind}": an answer`;
  if (!kinds.includes(answer.kind))
    throw new AtollError(
      "MESSAGE_UNDECLARED",
      `${told} to "${request.kind}", which only ${kinds.join(" or ")} may answer; client and server run different versions, or the client is at fault`,
    );
  if (answer.round !== request.round)
    throw new AtollError(
      "MESSAGE_UNDECLARED",
      `${told} of round ${answer.round} in round ${request.round}; client and server are not in the same place of the run`,
    );
  return answer;
}

/** The kinds that may answer a request that its stage declares. */
function answersTo(stage: Stage, { kind }: Message): readonly string[] {
  const kinds = stage.messages[kind]?.answeredBy;
  if (kinds === undefined)
    throw new AtollError(
      "MESSAGE_UNDECLARED",
      `stage "${stage.name}", message "${kind}": it is an answer, and nobody can be asked it; the server runs another version`,
    );
  return kinds;
}

/** One line of the list of what may travel, for reports and for the privacy officer. */
export interface DeclaredMessage {
  readonly stage: string;
  readonly kind: string;
  readonly direction: "to clients" | "to server";
  readonly purpose: string;
  /** What each array reveals. */
  readonly arrays: Readonly<Record<string, string>>;
}

export function describeMessages(stages: readonly Stage[]): DeclaredMessage[] {
  return stages.flatMap((stage) =>
    Object.entries(stage.messages).map(([kind, { purpose, arrays, answeredBy }]) => ({
      stage: stage.name,
      kind,
      direction: answeredBy === undefined ? "to server" : "to clients",
      purpose,
      arrays,
    })),
  );
}
