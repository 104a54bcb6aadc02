import type { PrivacyServices } from "../privacy/index.ts";
import type { ClientContext } from "./client-context.ts";
import type { Message, MessageDeclaration, WireArray } from "./types.ts";

/** State as data: saved in checkpoints, sent nowhere. Encoded by the same codec as messages. */
export interface SavedState {
  readonly arrays: Readonly<Record<string, WireArray>>;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A part of a method with both of its halves: what the server does, what a client does, what travels. */
export interface Stage {
  readonly name: string;
  /** Most rounds of exchange with so many clients, for whoever watches; 1 where it is left out. */
  readonly rounds?: (numClients: number) => number;
  /** Every message kind of this stage: requests, each with what answers it, and answers. */
  readonly messages: Readonly<Record<string, MessageDeclaration>>;
  readonly server: (context: ServerContext) => StageServer;
  readonly client: (context: ClientContext) => Promise<StageClient>;
}

export interface ServerContext {
  /** The names of all clients, sorted: order of arrival never matters. */
  readonly clients: readonly string[];
  readonly seed: number;
  /** What earlier stages of the same method left for later ones, by stage name. */
  readonly results: Map<string, SavedState>;
  /** Where the server itself adds noise to what it publishes. */
  readonly privacy?: PrivacyServices;
}

/** The server half. `next` and `receive` alternate; between them the state may be saved. */
export interface StageServer {
  /** The requests of the next round by client, or undefined when the stage is over. */
  readonly next: () => ReadonlyMap<string, Message> | undefined;
  /** Whether the round that `next` just asked for may close without some answers; default: never. */
  readonly optional?: () => boolean;
  /**
   * Refuses (UPDATE_INVALID) a reply to the round that `next` just asked for, of which `receive` could make nothing. Whoever
   * may do without a reply asks this first: then the client is left out, and the round goes on.
   */
  readonly check?: (client: string, reply: Message) => void;
  /** The replies of that round, in sorted client order. Clients that dropped out are absent. */
  readonly receive: (replies: ReadonlyMap<string, Message>) => void | Promise<void>;
  readonly save: () => SavedState;
  readonly load: (state: SavedState) => void;
  /** Once the stage is over: metadata that later stages may read, and arrays of the global model, to be kept. */
  readonly result?: () => SavedState;
}

/** The client half: answers requests, keeps private state across rounds. */
export interface StageClient {
  readonly handle: (request: Message, signal?: AbortSignal) => Promise<Message>;
  readonly save: () => SavedState;
  readonly load: (state: SavedState) => void;
  /** Frees native memory. */
  readonly close: () => Promise<void>;
}
