import { createHash } from "node:crypto";
import type { Received } from "./chat-server.fixture.ts";

/** Stands for a language model: an answer to a built-in prompt of any stage, always the same one. */
export function modelAnswer({ body }: Pick<Received, "body">): string {
  const asked = body.messages.at(-1)!.content;
  if (asked.includes("\nCandidates:\n")) return JSON.stringify(picked(asked));
  const items = numbered(asked);
  return JSON.stringify(
    asked.startsWith("Describe these")
      ? { items: items.map(({ line }) => described(line)) }
      : profiled(asked),
  );
}

/** Lines such as `3. kitchen: "Loaf Pan"`. */
function numbered(text: string): { readonly number: number; readonly line: string }[] {
  return [...text.matchAll(/^(\d+)\. (.*)$/gm)].map(([, number, line]) => ({
    number: Number(number),
    line: line!,
  }));
}

function picked(asked: string) {
  const [history = "", offered = ""] = asked.split("\nCandidates:\n");
  const [, liked, disliked] = /at most (\d+) liked and at most (\d+) disliked/.exec(offered)!;
  const order = numbered(offered)
    .map(({ number, line }) => ({ number, rank: numberOf(history + line) }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ number }) => number);
  const best = order.slice(0, Number(liked));
  const others = order.slice(best.length).toReversed();
  return { liked: best, disliked: others.slice(0, Number(disliked)) };
}

const CATEGORIES = ["staple", "tool", "treat", "story"];
const PURPOSES = ["baking", "cooking", "evenings"];

function described(line: string) {
  const number = numberOf(line);
  return {
    category: CATEGORIES[number % 4]!,
    purpose: PURPOSES[number % 3]!,
    audience: "everybody",
    qualities: [number % 2 === 0 ? "plain" : "fine"],
  };
}

function profiled(asked: string) {
  const number = numberOf(asked);
  return {
    interests: [PURPOSES[number % 3]!],
    habits: "comes back",
    budget: (["low", "medium", "high"] as const)[number % 3]!,
    household: "unknown",
  };
}

function numberOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE();
}
