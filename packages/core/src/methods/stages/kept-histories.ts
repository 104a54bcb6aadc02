import type { ClientContext, ClientStore } from "../../federation/client-context.ts";
import { decodeState, statePieces } from "../../federation/index.ts";
import type { WireArray } from "../../federation/types.ts";
import { TEST, type Population } from "../../population/index.ts";
import { textsFrom, textsToWire } from "./kept-texts.ts";

/** Under which name a party that simulates users keeps what they chose. */
export const HISTORIES_FILE = "histories";

/** What users chose in training and validation, oldest first, in the order of `Population`. */
export interface KeptHistories {
  readonly userIds: readonly string[];
  /** [users + 1] */
  readonly starts: Int32Array;
  /** [events] */
  readonly item: Int32Array;
  readonly days: Float64Array;
  /** [users, D, P], where the model reads profiles. */
  readonly profiles?: Float32Array | undefined;
}

/** Keeps what requests may look at: all events but test ones. It stays with the party, as its rows do. */
export async function storeHistories(
  { store }: Pick<ClientContext, "store">,
  { userIds, starts, item, days, part }: Population,
  profiles: Float32Array | undefined,
): Promise<void> {
  const known = Int32Array.from(part, (_, event) => event).filter((event) => part[event] !== TEST);
  const ends = new Int32Array(starts.length);
  let at = 0;
  for (let user = 0; user + 1 < starts.length; user++) {
    while (at < known.length && known[at]! < starts[user + 1]!) at += 1;
    ends[user + 1] = at;
  }
  const arrays: Record<string, WireArray> = {
    "user/ids": textsToWire(userIds),
    starts: { shape: [ends.length], data: ends },
    item: { shape: [known.length], data: known.map((event) => item[event]!) },
    days: { shape: [known.length], data: Float64Array.from(known, (event) => days[event]!) },
    ...(profiles && { profiles: { shape: [profiles.length], data: profiles } }),
  };
  await store.write(HISTORIES_FILE, statePieces({ arrays, metadata: {} }));
}

/** Reads what `storeHistories` wrote; undefined of other parties. */
export async function readHistories(
  store: Pick<ClientStore, "read">,
): Promise<KeptHistories | undefined> {
  const bytes = await store.read(HISTORIES_FILE);
  if (bytes === undefined) return undefined;
  const { arrays } = decodeState(bytes);
  const profiles = arrays["profiles"]?.data as Float32Array | undefined;
  return {
    userIds: textsFrom(arrays["user/ids"]!),
    starts: arrays["starts"]!.data as Int32Array,
    item: arrays["item"]!.data as Int32Array,
    days: arrays["days"]!.data as Float64Array,
    ...(profiles && { profiles }),
  };
}
