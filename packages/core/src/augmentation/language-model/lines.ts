import { domainOfItem, type Population } from "../../population/index.ts";
import type { LanguageModelSettings } from "../config.ts";
import type { UserHistory } from "../types.ts";
import { oneLine, titleWriter } from "./titles.ts";

type Send = LanguageModelSettings["send"];

/** How a prompt writes where a thing is from and how long ago it was; empty where it does not tell. */
export interface Marks {
  readonly domain: (name: string) => string;
  /** Of days before the user's own latest event: no prompt tells a date. */
  readonly ago: (days: number) => string;
}

export function marksOf({ ages, domains }: Pick<Send, "ages" | "domains">): Marks {
  return {
    domain: (name) => (domains ? `${oneLine(name)}: ` : ""),
    ago: (days) => (ages === "none" ? "" : ` (${ages === "exact" ? exact(days) : bucket(days)})`),
  };
}

/** Upper ends in days, exclusive. */
const BUCKETS = [
  [7, "this week"],
  [30, "this month"],
  [365, "this year"],
] as const;

function bucket(days: number): string {
  return BUCKETS.find(([end]) => days < end)?.[1] ?? "earlier";
}

function exact(days: number): string {
  const whole = Math.floor(days);
  return whole === 0 ? "latest day" : `${whole} ${whole === 1 ? "day" : "days"} earlier`;
}

/** Items as lines of a prompt. */
export interface Lines {
  /** Those of the items that have a title. */
  readonly titled: (items: readonly number[]) => readonly number[];
  /** Of items with a title: `1. food: "Title"`, counted from 1. */
  readonly numbered: (items: readonly number[]) => string;
  /** `- food: "Title" (this week)`, the latest events with a title, oldest first; undefined where none has. */
  readonly history: (history: UserHistory) => string | undefined;
}

export function linesOf(
  { domains, itemStarts, itemText }: Pick<Population, "domains" | "itemStarts" | "itemText">,
  send: Send,
): Lines {
  if (itemText === undefined)
    throw new RangeError("prompts tell titles of items, but the population has no item texts");
  const write = titleWriter(send.redact);
  const { domain, ago } = marksOf(send);
  const prefixes = domains.map((name) => domain(name));
  /** Null: not written yet; undefined: without a title. */
  const written = Array<string | undefined | null>(itemText.length).fill(null);
  const lineOf = (item: number): string | undefined => {
    if (written[item] === null) {
      const title = write(itemText[item]!);
      written[item] = title && `${prefixes[domainOfItem({ itemStarts }, item)]}${title}`;
    }
    return written[item]!;
  };
  return {
    titled: (items) => items.filter((item) => lineOf(item) !== undefined),
    numbered: (items) => items.map((item, n) => `${n + 1}. ${lineOf(item)}`).join("\n"),
    history: ({ items, ages }) => {
      const lines: string[] = [];
      for (let at = items.length - 1; at >= 0 && lines.length < send.history; at--) {
        const line = lineOf(items[at]!);
        if (line !== undefined) lines.push(`- ${line}${ago(ages[at]!)}`);
      }
      return lines.length === 0 ? undefined : lines.toReversed().join("\n");
    },
  };
}
