import type { TrueAffinity } from "../true-affinity.ts";
import type { SyntheticConfig } from "./config.ts";
import { strengthsOf } from "./config.ts";
import type { Items } from "./items.ts";
import { affinity, LATENT, type Taste } from "./taste.ts";
import type { Users } from "./users.ts";

const BASE_LOGIT = -2;
/** Weights of the observable parts, in units of the observable strength. */
const BRAND = 0.7;
const DEVICE = 0.4;
const BEND = 0.5;

/** -1.8 (77 years) to 1.8 (18 years) */
const youth = (age: number) => (48 - age) / 17;
/** Standard normal. */
const expense = (price: number) => (Math.log(price) - 3) / 0.8;

/** The log-odds that a user who is shown an item clicks it. */
export function clickLogit(
  users: Users,
  items: Items,
  { vectors, bend }: Taste,
  config: SyntheticConfig,
): (user: number, item: number) => number {
  const { observable: strength, hidden, quality } = strengthsOf(config);
  return (u, i) => {
    const segment = users.segment[u]!;
    const device = users.device[u]!;
    const category = items.category[i]!;
    const brand = items.brand[i]!;
    const observable =
      affinity(vectors.segment, segment, vectors.category, category) +
      BRAND * affinity(vectors.segment, segment, vectors.brand, brand) +
      DEVICE * affinity(vectors.device, device, vectors.category, category);
    return (
      BASE_LOGIT +
      strength * observable -
      strength * BEND * bend * expense(items.price[i]!) * Math.tanh(youth(users.age[u]!)) +
      quality * items.quality[i]! +
      hidden * affinity(users.hidden, u, items.hidden, i)
    );
  };
}

/**
 * The same log-odds without their constant, and the logarithm of an item's popularity, as inner products:
 * how much a user wants an item, for choices among items.
 */
export function preferences(
  users: Users,
  items: Items,
  { vectors, bend }: Taste,
  config: SyntheticConfig,
): TrueAffinity {
  const { observable, hidden, quality } = strengthsOf(config);
  const { popularity = 1 } = config;
  // Segment, device, hidden taste; price and age; popularity and quality.
  const width = 3 * LATENT + 2;
  const unit = Math.sqrt(LATENT);
  const user = new Float64Array(users.count * width);
  const item = new Float64Array(items.count * width);
  for (let u = 0; u < users.count; u++) {
    const at = u * width;
    for (let k = 0; k < LATENT; k++) {
      user[at + k] = vectors.segment[users.segment[u]! * LATENT + k]!;
      user[at + LATENT + k] = vectors.device[users.device[u]! * LATENT + k]!;
      user[at + 2 * LATENT + k] = users.hidden[u * LATENT + k]!;
    }
    user[at + width - 2] = Math.tanh(youth(users.age[u]!));
    user[at + width - 1] = 1;
  }
  for (let i = 0; i < items.count; i++) {
    const at = i * width;
    for (let k = 0; k < LATENT; k++) {
      const category = vectors.category[items.category[i]! * LATENT + k]!;
      const brand = vectors.brand[items.brand[i]! * LATENT + k]!;
      item[at + k] = observable * unit * (category + BRAND * brand);
      item[at + LATENT + k] = observable * unit * DEVICE * category;
      item[at + 2 * LATENT + k] = hidden * unit * items.hidden[i * LATENT + k]!;
    }
    item[at + width - 2] = -observable * BEND * bend * expense(items.price[i]!);
    item[at + width - 1] = quality * items.quality[i]! - popularity * Math.log(i + 1);
  }
  return { width, user, item };
}
