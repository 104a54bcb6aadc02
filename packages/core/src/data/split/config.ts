import { z } from "zod";

const fraction = z.number().gt(0).lt(1);

/** Shares of a split's rows; what neither takes is training. */
const shares = {
  valid: fraction.default(0.1).describe("share of rows for validation"),
  test: fraction.default(0.1).describe("share of rows for the test"),
};

const roomForTraining = {
  check: ({ valid, test }: { readonly valid: number; readonly test: number }) => valid + test < 1,
  message: { message: "valid and test together leave no training rows; give less than 1 in all" },
};

const stratify = z
  .boolean()
  .default(false)
  .describe(
    "explicit feedback: give all parts the same share of positive rows; with several labels, of every combination of them",
  );

/** Values of a column that mean one part. */
const names = (part: string) =>
  z
    .union([z.string(), z.array(z.string()).min(1)])
    .default(part)
    .describe(`the value, or the values, that mark ${part} rows`);

/** How rows become training, validation and test rows. */
export const splitConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("leave-one-out"),
    minimumRows: z
      .number()
      .int()
      .min(3)
      .default(3)
      .describe(
        "users with at least this many rows give their last to test and the one before to validation; the others only train",
      ),
  }),
  z
    .strictObject({
      kind: z.literal("time"),
      valid: fraction
        .default(0.1)
        .describe("share of rows between the two cuts, latest but for test"),
      test: fraction
        .default(0.1)
        .describe("share of rows after the last cut; rows of one instant are never parted"),
    })
    .refine(roomForTraining.check, roomForTraining.message),
  z
    .strictObject({ kind: z.literal("random"), ...shares, stratify })
    .refine(roomForTraining.check, roomForTraining.message),
  z
    .strictObject({
      kind: z.literal("per-user-ratio"),
      order: z
        .enum(["time", "random"])
        .default("time")
        .describe(
          "time: each user's last rows are test, those before validation; random: any of the user's rows, drawn anew for each seed",
        ),
      ...shares,
      minimumRows: z
        .number()
        .int()
        .min(3)
        .default(3)
        .describe(
          "users with at least this many rows are cut, each into three parts that hold a row or more; the others only train",
        ),
    })
    .refine(roomForTraining.check, roomForTraining.message),
  z
    .strictObject({
      kind: z.literal("given"),
      column: z.string().min(1).describe("the column that says which part a row belongs to"),
      train: names("train"),
      valid: names("valid"),
      test: names("test"),
    })
    .refine(
      ({ train, valid, test }) => {
        const all = [train, valid, test].flat();
        return new Set(all).size === all.length;
      },
      { message: "two parts have a value in common; give each value to one part" },
    ),
  z
    .strictObject({
      kind: z.literal("k-fold"),
      folds: z
        .number()
        .int()
        .min(3)
        .default(5)
        .describe("equal parts: one is test, the others validate and train"),
      fold: z
        .union([z.number().int().nonnegative(), z.literal("seed")])
        .default("seed")
        .describe(
          "which fold is test, from 0; seed: the seed modulo the folds, so that consecutive seeds walk through them: seeds 0 to 14 are 3 trainings on each of 5 folds",
        ),
      by: z
        .enum(["row", "user"])
        .default("row")
        .describe("user: all rows of a user lie in one fold, so test users are new to training"),
      stratify,
      valid: z
        .union([fraction, z.literal("fold")])
        .default("fold")
        .describe(
          "fold: the fold after the test fold; or the share of all rows (users) outside the test fold",
        ),
      partition: z
        .number()
        .int()
        .nonnegative()
        .default(1)
        .describe("which random partition into folds; the same for all seeds of an experiment"),
    })
    .refine(({ fold, folds }) => fold === "seed" || fold < folds, {
      message: "folds are numbered from 0; give a fold below folds",
      path: ["fold"],
    })
    .refine(({ by, stratify: balanced }) => by === "row" || !balanced, {
      message: "whole users cannot be given equal label rates; set by to row, or remove stratify",
      path: ["stratify"],
    }),
]);

export type SplitConfig = z.infer<typeof splitConfig>;

/** A split as written: what has a default may be left out. */
export type SplitInput = z.input<typeof splitConfig>;
