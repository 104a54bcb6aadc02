import type { SavedState } from "../../../federation/stage.ts";
import type { Message } from "../../../federation/types.ts";
import type { PassSecrets, PrivateTraining, Trainer } from "../../../training/index.ts";
import type { Refused } from "./account.ts";

type Arrays = Message["arrays"];

/** A round's passes may be made. */
export interface Granted {
  readonly kind: "granted";
  /** Of a trainer that protects units: noise and sampling of each pass of the round. */
  readonly secrets?: (pass: number) => PassSecrets;
}

/** An answer's arrays as they may leave. */
export interface Released {
  readonly kind: "released";
  readonly arrays: Arrays;
}

/** What one client does so that what it sends keeps the promise. */
export interface ClientProtection {
  /** How its trainer protects units of its rows. */
  readonly training?: PrivateTraining;
  /** Asked before a round's passes, once the trainer has taken over what was sent. */
  readonly before: (request: Message, trainer: Trainer) => Promise<Granted | Refused>;
  /** Asked before an answer is sent. */
  readonly release: (request: Message, arrays: Arrays) => Promise<Released | Refused>;
  /** Once training is over. */
  readonly end?: (request: Message) => Promise<void>;
  readonly save?: () => SavedState["metadata"];
  readonly load?: (saved: SavedState["metadata"]) => void;
}

const granted: Granted = { kind: "granted" };

/** Of a client that does nothing: none is promised, or the server keeps the promise. */
export const unprotected: ClientProtection = {
  before: async () => granted,
  release: async (_request, arrays) => ({ kind: "released", arrays }),
};
