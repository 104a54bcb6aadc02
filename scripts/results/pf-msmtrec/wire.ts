import type { Result } from "@atoll/node/results";
import { table } from "../../markdown.ts";

/** Where models are exchanged. */
const TRAINING = "train";

/** The part of a model that an array on the wire carries: the table's columns, in their order. */
const GROUPS: readonly (readonly [title: string, pattern: RegExp])[] = [
  ["dense parameters", /^parameters$/],
  ["experts, global factors", /^expert:\d+\/global$/],
  ["experts, scenario factors", /^expert:\d+\/scenario$/],
  ["experts", /^expert:\d+$/],
  ["towers", /^tower:/],
  ["gates", /^gate:/],
  ["statistics of normalisation", /^state/],
  ["embedding rows", /^table:/],
  ["counts of rows", /^uses:/],
  ["control variates", /^control:/],
  ["other", /./],
];

const groupOf = (name: string) => GROUPS.find(([, pattern]) => pattern.test(name))![0];

/** What one client sends and receives in one round of training, part by part. */
export function wireTable({ methods }: Result): string {
  const rows = Object.entries(methods).flatMap(([method, { stages = [] }]) => {
    const stage = stages.find((own) => own.stage === TRAINING);
    if (stage?.arrays === undefined || stage.answers === 0) return [];
    const parts = new Map<string, { up: number; down: number }>();
    for (const [name, { up, down }] of Object.entries(stage.arrays)) {
      const group = groupOf(name);
      const before = parts.get(group) ?? { up: 0, down: 0 };
      parts.set(group, { up: before.up + up, down: before.down + down });
    }
    return parts.size === 0 ? [] : [{ method, stage, parts }];
  });
  const titles = GROUPS.map(([title]) => title).filter((title) =>
    rows.some(({ parts }) => parts.has(title)),
  );
  return table(
    ["method", ...titles, "whole messages"],
    rows.map(({ method, stage, parts }) => {
      const each = ({ up, down }: { up: number; down: number }) =>
        `${kib(up / stage.answers)} / ${kib(down / stage.answers)}`;
      return [
        method,
        ...titles.map((title) => {
          const own = parts.get(title);
          return own === undefined ? "" : each(own);
        }),
        each({ up: stage.bytesUp, down: stage.bytesDown }),
      ];
    }),
  );
}

const kib = (bytes: number) => (bytes / 1024).toFixed(1);
