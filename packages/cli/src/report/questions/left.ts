import type { Facts } from "../facts.ts";
import { bytes, count, list } from "../format.ts";
import { epsilonText } from "../epsilon-text.ts";
import { html } from "../html.ts";
import type { ReportMessage } from "../input.ts";
import { methodLabel } from "../labels.ts";
import { promiseOf } from "../privacy/utility.ts";
import { messagesBlock } from "../sections/messages.ts";
import { partTraffic, sentInTraining } from "../sections/part-traffic.ts";
import { privacyBlock } from "../sections/privacy.ts";
import { block, type Section } from "../sections/section.ts";

const NAMES = 4;

/** What left the silo: the messages that methods declare, what each reveals, and what is promised about them. */
export function leftQuestion(
  facts: Facts,
  messages: readonly ReportMessage[],
): Section | undefined {
  const privacy = privacyBlock(facts);
  const parts = partTraffic(facts);
  if (parts === undefined && messages.length === 0 && privacy === undefined) return undefined;
  return {
    id: "left",
    title: "What left the silo?",
    answer: `${sentSentence(facts)}${messagesSentence(messages)}${promiseSentence(facts)}`,
    brief: `${messagesBrief(messages)}${promised(facts).length === 0 ? "No formal promise." : "With a formal promise."}`,
    content: html`${parts} ${messages.length > 0 && messagesBlock(messages, facts)}
    ${
      privacy ??
      block(
        "What is promised about it",
        html`<p>
          Nothing formal: no method of this run keeps an account of noise, so no epsilon bounds what
          messages tell about one row or one person. What protects the data is that only the
          declared arrays travel. Differential privacy is an entry of the experiment,
          <code>privacy</code>; <code>atoll audit</code> attacks the trained models and says what
          can be found in them.
        </p>`,
      )
    }`,
  };
}

/** Kinds of messages that clients send; all, where directions are not told. */
function sent(messages: readonly ReportMessage[]): ReportMessage[] {
  const up = messages.filter(({ direction }) => direction !== "to clients");
  const distinct = new Map(
    up.map((message) => [JSON.stringify([message.stage, message.kind]), message]),
  );
  return [...distinct.values()];
}

/** What clients sent in one training with the method led with: in all, the stage with most of it, parts of the model. */
function sentSentence(facts: Facts): string {
  const { lead } = facts;
  if (lead === undefined) return "";
  const { bytes: traffic, stages = [] } = facts.result.methods[lead]!;
  const most = stages.reduce<(typeof stages)[number] | undefined>(
    (largest, own) => (own.bytesUp > (largest?.bytesUp ?? 0) ? own : largest),
    undefined,
  );
  const where =
    most === undefined || stages.length < 2
      ? ""
      : `, ${bytes(most.bytesUp)} of it in the stage ${most.stage}`;
  const groups = sentInTraining(facts, lead).map(
    (group) => group[0]!.toLowerCase() + group.slice(1),
  );
  const parts =
    groups.length === 0
      ? ""
      : ` Of the model they sent ${list(groups, NAMES)}; no row, label or score.`;
  return `In one training with ${methodLabel(lead)}, clients sent ${bytes(traffic.up)}${where}.${parts} `;
}

function messagesSentence(messages: readonly ReportMessage[]): string {
  if (messages.length === 0) return "";
  const own = sent(messages);
  const withArrays = own.filter(({ arrays }) => Object.keys(arrays).length > 0);
  const kinds = `${count(own.length)} ${own.length === 1 ? "kind" : "kinds"} of message, ${withArrays.length === 0 ? "none" : count(withArrays.length)} with arrays of numbers`;
  return `In all, methods of this run declare ${kinds}, that may leave a client, which refuses to send anything else. `;
}

function messagesBrief(messages: readonly ReportMessage[]): string {
  const own = sent(messages);
  return own.length === 0 ? "" : `${count(own.length)} kinds of declared messages, nothing else. `;
}

function promised(facts: Facts): { readonly name: string; readonly epsilon: number }[] {
  return facts.methods
    .map((name) => ({ name, epsilon: promiseOf(facts.result.methods[name]!) }))
    .filter(({ epsilon }) => epsilon < Infinity);
}

function promiseSentence(facts: Facts): string {
  const own = promised(facts);
  if (own.length === 0)
    return "No method keeps an account of noise, so there is no formal privacy promise.";
  const parts = own.map(({ name, epsilon }) => {
    const unit = facts.result.methods[name]!.privacy?.unit;
    return `${methodLabel(name)} bounds what anybody can learn about one ${unit} by epsilon ${epsilonText(epsilon)}`;
  });
  const without = facts.federated.filter((name) => !own.some((entry) => entry.name === name));
  const rest =
    without.length === 0 ? "" : `; ${list(without.map(methodLabel), NAMES)} without a promise`;
  return `${list(parts, NAMES)}${rest}.`;
}
