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

/** One line of the list of what may travel, for reports and for the privacy officer. */
export interface DeclaredMessage {
  readonly stage: string;
  readonly kind: string;
  readonly purpose: string;
  /** What each array reveals. */
  readonly arrays: Readonly<Record<string, string>>;
}

export function describeMessages(stages: readonly Stage[]): DeclaredMessage[] {
  return stages.flatMap((stage) =>
    Object.entries(stage.messages).map(([kind, { purpose, arrays }]) => ({
      stage: stage.name,
      kind,
      purpose,
      arrays,
    })),
  );
}
