import { z } from "zod";
import { c2dsr } from "./c2dsr.ts";
import { idstCl } from "./idst-cl.ts";
import { separateEncoders } from "./separate-encoders.ts";
import { triCdr } from "./tri-cdr.ts";
import type { CrossDomainModel } from "./types.ts";

const count = z.number().int().positive();
const number = z.number();

const encoders = {
  blocks: count.describe("transformer blocks of each encoder"),
  heads: count.describe("attention heads"),
  dropout: number.describe("share of entries that training set to 0"),
};

/** The settings of a model of users in several domains, as they are kept beside its numbers. */
export const crossDomainConfig = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("idst-cl"),
    ...encoders,
    encoders: z.enum(["triple", "merged", "domains"]).describe("which sequences have one"),
    head: z.enum(["product", "mlp"]).describe("what compares a query with a candidate"),
    idra: z
      .strictObject({
        weight: number.describe("in the loss"),
        margin: number.describe("between cosines"),
      })
      .describe("the contrast of augmented sequences"),
    cdrd: z
      .strictObject({
        weight: number.describe("in the loss"),
        temperature: number.describe("of the softmax over likenesses"),
      })
      .describe("the contrast of domains"),
  }),
  z.strictObject({
    kind: z.literal("c2dsr"),
    ...encoders,
    infomax: number.describe("weight of the infomax objective"),
  }),
  z.strictObject({ kind: z.literal("separate-encoders"), ...encoders }),
  z.strictObject({
    kind: z.literal("tri-cdr"),
    ...encoders,
    hidden: z.tuple([count, count]).describe("entries of the attention's hidden layers"),
    coarse: z
      .strictObject({
        weight: number.describe("in the loss"),
        temperature: number.describe("of the softmax over likenesses"),
      })
      .describe("the contrast with other users"),
    fine: z
      .strictObject({
        weight: number.describe("in the loss"),
        margin: number.describe("between likenesses"),
      })
      .describe("the contrast of sequences"),
  }),
]);

export type CrossDomainConfig = z.infer<typeof crossDomainConfig>;

/** The model that settings ask for. */
export function crossDomainModel(config: CrossDomainConfig): CrossDomainModel {
  switch (config.kind) {
    case "idst-cl":
      return idstCl(config);
    case "c2dsr":
      return c2dsr(config);
    case "separate-encoders":
      return separateEncoders(config);
    case "tri-cdr":
      return triCdr(config);
  }
}
