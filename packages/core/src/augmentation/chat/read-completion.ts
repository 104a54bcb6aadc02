import { z } from "zod";
import { CompletionError, type Completion, type Usage } from "../services.ts";

const tokens = z.number().int().nonnegative().optional().catch(undefined);

const envelope = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.unknown().optional(),
          tool_calls: z.array(z.unknown()).nullish(),
          function_call: z.unknown().optional(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
});

const usageOf = z.object({
  usage: z.object({ prompt_tokens: tokens, completion_tokens: tokens }),
});

/** The first choice of a chat-completions response. `unreadable` where there is none, or no whole text in it. */
export function readCompletion(response: unknown): Completion {
  const usage = readUsage(response);
  const unreadable = (reason: string) => new CompletionError("unreadable", reason, { usage });
  const read = envelope.safeParse(response);
  if (!read.success) throw unreadable("no completion");
  const { message, finish_reason: finish } = read.data.choices[0]!;
  if ((message.tool_calls ?? []).length > 0 || (message.function_call ?? undefined) !== undefined)
    throw unreadable("call of a tool");
  if (finish === "length") throw unreadable("cut off at maxTokens");
  const text = message.content ?? "";
  if (typeof text !== "string") throw unreadable("no text");
  if (text.trim() === "") throw unreadable("empty");
  return { text: text.toWellFormed(), ...usage };
}

function readUsage(response: unknown): Usage {
  const { data } = usageOf.safeParse(response);
  return {
    promptTokens: data?.usage.prompt_tokens,
    completionTokens: data?.usage.completion_tokens,
  };
}
