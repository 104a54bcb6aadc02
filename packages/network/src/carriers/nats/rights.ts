import {
  SERVER_INBOX_PREFIX,
  UP_CONSUMER,
  UP_STREAM,
  downSubject,
  goneSubject,
  inboxPrefix,
  upSubject,
} from "./names.ts";

/** Subjects that a user of the broker may use; everything else is refused. */
export interface Rights {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/**
 * What clients may do: ask as themselves, and hear answers to themselves and what the stream says to their frames. A
 * leaf node of the broker speaks for several.
 */
export function clientRights(clients: readonly string[]): Rights {
  return {
    publish: clients.flatMap((client) => [upSubject(client), goneSubject(client)]),
    subscribe: clients.flatMap((client) => [downSubject(client, ">"), `${inboxPrefix(client)}.>`]),
  };
}

/** What the coordinator may do: keep its stream, take from it, and answer. */
export const serverRights: Rights = {
  publish: [
    "atoll.down.>",
    `$JS.API.STREAM.*.${UP_STREAM}`,
    `$JS.API.CONSUMER.*.${UP_STREAM}.${UP_CONSUMER}`,
    `$JS.API.CONSUMER.DURABLE.CREATE.${UP_STREAM}.${UP_CONSUMER}`,
    `$JS.API.CONSUMER.CREATE.${UP_STREAM}.>`,
    `$JS.API.CONSUMER.MSG.NEXT.${UP_STREAM}.${UP_CONSUMER}`,
    `$JS.ACK.${UP_STREAM}.>`,
  ],
  subscribe: ["atoll.gone.*", `${SERVER_INBOX_PREFIX}.>`],
};
