/*
 * What is called what within NATS. A client's name becomes one token of a subject, so that permissions of the
 * broker, which speak of subjects, speak of clients.
 */

/** The stream that keeps frames of clients until the server has dealt with them. */
export const UP_STREAM = "ATOLL_UP";
export const UP_SUBJECTS = "atoll.up.*";
/** The one durable consumer of the stream: the server's. */
export const UP_CONSUMER = "coordinator";
/** Calls that their clients gave up. */
export const GONE_SUBJECTS = "atoll.gone.*";

/** Header: which call of the client this is; its answer goes to that subject. */
export const CALL_HEADER = "Atoll-Call";
/** Header: for how long the client waits for an answer, in milliseconds from when the frame was stored. */
export const WAIT_HEADER = "Atoll-Wait-Ms";
/** Header of an empty answer: the server could not answer; ask again. */
export const FAILED_HEADER = "Atoll-Failed";

/** A client's name as one token of a subject: its UTF-8 bytes in hexadecimal. */
export function tokenOf(client: string): string {
  return Buffer.from(client, "utf8").toString("hex");
}

/** The client whose token the last part of a subject is; undefined where it is no token. */
export function clientOf(subject: string): string | undefined {
  const token = subject.slice(subject.lastIndexOf(".") + 1);
  const client = Buffer.from(token, "hex").toString("utf8");
  return token !== "" && tokenOf(client) === token ? client : undefined;
}

export const upSubject = (client: string) => `atoll.up.${tokenOf(client)}`;
export const goneSubject = (client: string) => `atoll.gone.${tokenOf(client)}`;
export const downSubject = (client: string, call: string) =>
  `atoll.down.${tokenOf(client)}.${call}`;
export const inboxPrefix = (client: string) => `_INBOX_${tokenOf(client)}`;
/** No token of a client, as these are hexadecimal. */
export const SERVER_INBOX_PREFIX = "_INBOX_server";

/** Calls are named by a connection and a number within it; nothing else may get into a subject. */
export function isCallId(text: string): boolean {
  return /^[A-Za-z0-9]{1,64}\.\d{1,16}$/.test(text);
}
