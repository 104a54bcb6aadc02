import type { JsMsg } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { expect, test } from "vitest";
import type { FrameHandler } from "../types.ts";
import { text, utf8 } from "./calls.fixture.ts";
import { createDeliveries } from "./deliveries.ts";
import { CALL_HEADER, WAIT_HEADER, downSubject, upSubject } from "./names.ts";

/** Deliveries with a protocol of what happens at the broker. */
function open(handler: FrameHandler) {
  const events: string[] = [];
  const deliveries = createDeliveries({
    handler,
    send: (subject, answer) =>
      events.push(`${subject}: ${answer === undefined ? "nothing" : text(answer)}`),
    maxFrames: 100,
    maxBytes: 1000,
    onError: (error) => events.push(String(error)),
  });
  const message = (about: {
    readonly id: string;
    readonly name: string;
    readonly storedMs?: number;
    readonly waitMs?: number;
  }): JsMsg => {
    const { id, name, storedMs = 1000, waitMs = 500 } = about;
    const head = headers();
    head.set(CALL_HEADER, id);
    head.set(WAIT_HEADER, String(waitMs));
    return {
      subject: upSubject("de"),
      headers: head,
      data: utf8("q"),
      info: { timestampNanos: storedMs * 1e6 },
      ack: () => events.push(`${name} acknowledged`),
      working: () => events.push(`${name} in work`),
    } as unknown as JsMsg;
  };
  return { deliveries, events, message };
}

const turn = () => new Promise(setImmediate);
const answers = downSubject("de", "c.1");

test("the answer is sent before the frame is acknowledged, and neither before the handler is done", async () => {
  const done = Promise.withResolvers<Uint8Array>();
  const { deliveries, events, message } = open(() => done.promise);
  deliveries.take(message({ id: "c.1", name: "first" }));
  await turn();
  expect(events).toEqual([]);
  done.resolve(utf8("a"));
  await turn();
  expect(events).toEqual([`${answers}: a`, "first acknowledged"]);
});

test("a frame that comes again while it is handled is handled once; its last delivery is acknowledged", async () => {
  const done = Promise.withResolvers<Uint8Array>();
  let runs = 0;
  const { deliveries, events, message } = open(() => {
    runs++;
    return done.promise;
  });
  deliveries.take(message({ id: "c.1", name: "first" }));
  deliveries.take(message({ id: "c.1", name: "second" }));
  deliveries.sayWorking();
  done.resolve(utf8("a"));
  await turn();
  expect(events).toEqual([
    "second in work",
    "second in work",
    `${answers}: a`,
    "second acknowledged",
  ]);
  expect(runs).toBe(1);
});

test("a frame that comes again afterwards is not handled: its client is told to ask again", async () => {
  let runs = 0;
  const { deliveries, events, message } = open(async () => utf8(`a${++runs}`));
  deliveries.take(message({ id: "c.1", name: "first" }));
  await turn();
  deliveries.take(message({ id: "c.1", name: "second" }));
  await turn();
  expect(events).toEqual([
    `${answers}: a1`,
    "first acknowledged",
    `${answers}: nothing`,
    "second acknowledged",
  ]);
  expect(runs).toBe(1);
});

test("what a client gave up is aborted, or not begun if it comes later", async () => {
  const signals: AbortSignal[] = [];
  const { deliveries, events, message } = open((_caller, _frame, signal) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  deliveries.take(message({ id: "c.1", name: "first" }));
  deliveries.giveUp("de", "c.1");
  deliveries.giveUp("de", "c.2");
  deliveries.take(message({ id: "c.2", name: "late" }));
  await turn();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  expect(events.filter((event) => event.endsWith("acknowledged"))).toEqual([
    "first acknowledged",
    "late acknowledged",
  ]);
});

test("a frame is stale by the broker's clock alone", async () => {
  const { deliveries, events, message } = open(async () => utf8("a"));
  deliveries.isNow(2000);
  deliveries.take(message({ id: "c.1", name: "stale", storedMs: 1499, waitMs: 500 }));
  deliveries.take(message({ id: "c.2", name: "fresh", storedMs: 1500, waitMs: 500 }));
  await turn();
  expect(events).toEqual([
    `${answers}: nothing`,
    "stale acknowledged",
    `${downSubject("de", "c.2")}: a`,
    "fresh acknowledged",
  ]);
});

test("a frame that says no call is dropped", () => {
  const { deliveries, events, message } = open(async () => utf8("a"));
  deliveries.take(message({ id: "atoll.up.*", name: "odd" }));
  expect(events).toEqual(["odd acknowledged"]);
});
