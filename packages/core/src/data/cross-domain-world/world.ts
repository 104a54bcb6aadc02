import { streamOf } from "../../random/index.ts";
import type { RawColumn, RawTable } from "../table.ts";
import type { WorldClient } from "../world-client.ts";
import { PART } from "./columns.ts";
import type { CrossDomainConfig } from "./config.ts";
import { drawDomainItems, topicVectors, WIDTH } from "./items.ts";
import { domainTitles } from "./titles.ts";
import { truthOfDomain } from "./truth.ts";
import { userSimulator } from "./user-events.ts";

/*
 * A world in which knowing a user from one domain helps in another, for a reason that is known. Items of all
 * domains are about the same topics; a user's interest in them is in part the same everywhere and in part
 * each domain's own. What is chosen next also depends on the latest items, of whatever domain, and on what is
 * popular at the time, which changes:
 *
 *   P(item) ~ exp(<interests of the domain + memory, item> + appeal + burst at the time)   among items not yet had
 *
 * A user's very last event is test and the one before validation, in whichever domains these are.
 */

const PARTS = ["train", "valid", "test"];

interface DomainRows {
  readonly user: Int32Array;
  readonly item: Int32Array;
  readonly time: Float64Array;
  readonly part: Int32Array;
}

/** Every domain's rows, user by user. A user depends on its number, not on how many there are. */
export function crossDomainWorld(config: CrossDomainConfig): WorldClient[] {
  const topics = topicVectors(config);
  const names = Object.keys(config.domains);
  const items = names.map((name) => drawDomainItems(name, config, topics));
  const simulate = userSimulator(config, items, topics);
  // Of a user's last event in each domain: what its items are ranked by in a test.
  const truths = items.map((domain) => truthOfDomain(domain, config));
  const rows = names.map(() => growingRows());
  for (let u = 0; u < config.users; u++) {
    const events = simulate(streamOf(config.worldSeed, "cross-domain", "user", u));
    for (let n = 0; n < events.count; n++) {
      const x = events.domain[n]!;
      const part = Math.max(0, n - (events.count - PARTS.length));
      rows[x]!.add(u, events.item[n]!, events.time[n]!, part);
      truths[x]!.set(u, events.season[n]!, events.wanted.subarray(n * WIDTH, (n + 1) * WIDTH));
    }
  }
  const userIds = Array.from({ length: config.users }, (_, u) => `u${u}`);
  return names.map((client, x) => ({
    client,
    table: tableOf(rows[x]!.done(), {
      userIds,
      itemIds: Array.from({ length: items[x]!.count }, (_, i) => `${client}-i${i}`),
      titles: config.titles && domainTitles(client, items[x]!, config),
    }),
    affinity: truths[x]!.affinity,
  }));
}

interface Texts {
  readonly userIds: readonly string[];
  readonly itemIds: readonly string[];
  readonly titles: readonly string[] | undefined;
}

function tableOf(
  { user, item, time, part }: DomainRows,
  { userIds, itemIds, titles }: Texts,
): RawTable {
  return {
    numRows: user.length,
    columns: {
      user: text(user, userIds),
      item: text(item, itemIds),
      time: { kind: "number", values: time },
      ...(titles && { title: text(item, titles) }),
      [PART]: text(part, PARTS),
    },
  };
}

function text(codes: Int32Array, values: readonly string[]): RawColumn {
  return { kind: "text", codes, values };
}

/** Rows that come one at a time. */
function growingRows() {
  let codes = new Int32Array(3 * 1024);
  let time = new Float64Array(1024);
  let count = 0;
  return {
    add: (user: number, item: number, at: number, part: number) => {
      if (count === time.length) {
        const old = { codes, time };
        codes = new Int32Array(2 * old.codes.length);
        codes.set(old.codes);
        time = new Float64Array(2 * old.time.length);
        time.set(old.time);
      }
      codes[3 * count] = user;
      codes[3 * count + 1] = item;
      codes[3 * count + 2] = part;
      time[count++] = at;
    },
    done: (): DomainRows => {
      const column = (c: number) => Int32Array.from({ length: count }, (_, n) => codes[3 * n + c]!);
      return { user: column(0), item: column(1), part: column(2), time: time.slice(0, count) };
    },
  };
}
