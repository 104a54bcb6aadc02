import { AtollError } from "@atoll/core/errors";
import {
  PermissionViolationError,
  nuid,
  type Msg,
  type NatsConnection,
  type Status,
} from "@nats-io/transport-node";
import { dial, type NatsPlace } from "./connection.ts";
import { FAILED_HEADER, downSubject, inboxPrefix } from "./names.ts";

/** How a call ends. */
export interface OpenCall {
  readonly resolve: (answer: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/** A client's connection, with the calls that wait for answers on it. */
export interface Line {
  readonly connection: NatsConnection;
  readonly calls: Map<string, OpenCall>;
  /** Names this connection in call ids; nobody else can guess it. */
  readonly id: string;
  readonly isUp: () => boolean;
}

/** Opens it, listens for answers, and fails the calls of a connection that is lost, as their answers may be too. */
export async function openLine(place: NatsPlace, client: string): Promise<Line> {
  const connection = await dial(place, {
    name: `atoll client ${client}`,
    inboxPrefix: inboxPrefix(client),
  });
  const calls = new Map<string, OpenCall>();
  const id = nuid.next();
  const prefix = downSubject(client, "");
  let isUp = true;
  connection.subscribe(downSubject(client, `${id}.*`), {
    callback: (error, message) => {
      if (error === null) settle(calls.get(message.subject.slice(prefix.length)), message);
    },
  });
  void (async () => {
    for await (const status of connection.status()) {
      const what = troubleOf(status);
      if (status.type === "reconnect") isUp = true;
      if (status.type === "disconnect") isUp = false;
      if (what === undefined) continue;
      for (const call of calls.values()) call.reject(failed(what));
    }
  })();
  return { connection, calls, id, isUp: () => isUp && !connection.isClosed() };
}

/** What of a connection's news ends its calls. The broker does not say which call it refused. */
function troubleOf(status: Status): string | undefined {
  if (status.type === "disconnect") return "the connection was lost";
  if (status.type === "error" && status.error instanceof PermissionViolationError)
    return "the broker does not let this certificate speak for this client";
  return undefined;
}

function settle(call: OpenCall | undefined, message: Msg): void {
  if (message.headers?.has(FAILED_HEADER) === true)
    call?.reject(failed("the server could not answer"));
  else call?.resolve(message.data);
}

export function failed(what: string): AtollError {
  return new AtollError("CARRIER_FAILED", `no answer over NATS: ${what}; ask again`);
}
