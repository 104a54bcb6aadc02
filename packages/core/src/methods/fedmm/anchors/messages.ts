import { z } from "zod";

const count = z.number().int().nonnegative();

/** With a request for a list of one's own. Attempts count from 0; a new one starts with new secrets. */
export const offerRequest = z.strictObject({ attempt: count, numParties: count });

/** With a list to multiply: how many secrets it carries besides its owner's, and this one. */
export const passRequest = z.strictObject({ attempt: count, hop: count });

export const tellRequest = z.strictObject({
  numAnchors: count.describe("items that two or more parties hold"),
});
