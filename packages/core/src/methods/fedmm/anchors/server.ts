import { AtollError } from "../../../errors/index.ts";
import type { SavedState, ServerContext, StageServer } from "../../../federation/stage.ts";
import type { Message, WireArray } from "../../../federation/types.ts";
import { joinLists, type JoinedLists } from "./join.ts";
import { pointsArray, pointsIn } from "./points.ts";

/** So often in a row a party may be absent before the others go on without it. */
const MOST_ABSENCES = 3;

const NOTHING: JoinedLists = { shared: new Map(), numAnchors: 0 };

/** Plain data. */
interface State {
  /** Exchanges so far. */
  readonly round: number;
  /** A party left in mid-protocol: its secret is on lists that others have, so all begin again. */
  readonly attempt: number;
  readonly phase: "offering" | "passing" | "telling" | "over";
  /** How many secrets, besides its owner's, every list gets in the exchange under way. */
  readonly hop: number;
  /** Who takes part, sorted. */
  readonly members: readonly string[];
  /** Who still owes an answer of this phase or hop. */
  readonly waiting: readonly string[];
  /** Exchanges in a row that left somebody waiting. */
  readonly absences: number;
}

/**
 * The server half: in hop h the list of member i is with member i + h, counted round, so that every
 * member has one list at a time. A hop is over when all have answered.
 */
export function anchorsServer(context: ServerContext): StageServer {
  const everybody = context.clients;
  let state: State = {
    round: 0,
    attempt: 0,
    phase: everybody.length < 2 ? "telling" : "offering",
    hop: 0,
    members: everybody,
    waiting: everybody,
    absences: 0,
  };
  /** By owner. */
  let lists = new Map<string, Uint8Array>();
  let joined = NOTHING;

  /** Whose list is with a member in this hop. */
  const ownerOfListAt = (member: string): string => {
    const { members, hop } = state;
    const place = members.indexOf(member) - hop + members.length;
    return members[place % members.length]!;
  };

  const tell = (): void => {
    joined = lists.size < 2 ? NOTHING : joinLists(lists);
    state = { ...state, phase: "telling", waiting: everybody };
  };

  /** All have answered, or some are given up. */
  const advance = (): void => {
    const { phase, hop, waiting, attempt } = state;
    const present = state.members.filter((member) => !waiting.includes(member));
    state = { ...state, absences: 0 };
    if (phase === "telling") {
      lists = new Map();
      state = { ...state, phase: "over", waiting: [] };
      return;
    }
    if (phase === "passing" && waiting.length > 0) {
      lists = new Map();
      if (present.length < 2) tell();
      else
        state = {
          ...state,
          phase: "offering",
          attempt: attempt + 1,
          hop: 0,
          members: present,
          waiting: present,
        };
      return;
    }
    if (present.length < 2) lists = new Map();
    if (hop + 1 >= present.length) tell();
    else state = { ...state, phase: "passing", hop: hop + 1, members: present, waiting: present };
  };

  const request = (member: string): Message => {
    const { phase, attempt, hop, members, round } = state;
    const message = (
      kind: string,
      arrays: Record<string, WireArray>,
      metadata: Record<string, unknown>,
    ): Message => ({ kind, stage: "anchors", round, arrays, metadata });
    if (phase === "offering") return message("offer", {}, { attempt, numParties: members.length });
    if (phase === "passing")
      return message(
        "pass",
        { points: pointsArray(lists.get(ownerOfListAt(member))!) },
        { attempt, hop },
      );
    const { positions, ids } = joined.shared.get(member) ?? {
      positions: new Int32Array(0),
      ids: new Int32Array(0),
    };
    const array = (data: Int32Array): WireArray => ({ shape: [data.length], data });
    return message(
      "tell",
      { positions: array(positions), ids: array(ids) },
      { numAnchors: joined.numAnchors },
    );
  };

  const take = (member: string, reply: Message): void => {
    if (state.phase === "telling") return;
    const points = pointsIn(reply, `client "${member}"`);
    if (state.phase === "offering") {
      lists.set(member, points);
      return;
    }
    const owner = ownerOfListAt(member);
    const sent = lists.get(owner)!;
    if (points.length !== sent.length)
      throw new AtollError(
        "UPDATE_INVALID",
        `client "${member}", stage "anchors": ${points.length} bytes came back of a list of ${sent.length}; the client runs another version`,
      );
    lists.set(owner, points);
  };

  return {
    next: () =>
      state.phase === "over"
        ? undefined
        : new Map(state.waiting.map((member) => [member, request(member)])),
    receive: (replies) => {
      for (const [member, reply] of replies) take(member, reply);
      const waiting = state.waiting.filter((member) => !replies.has(member));
      const absences = waiting.length === 0 ? 0 : state.absences + 1;
      state = { ...state, round: state.round + 1, waiting, absences };
      if (waiting.length === 0 || absences === MOST_ABSENCES) advance();
    },
    save: (): SavedState => ({
      arrays: Object.fromEntries(
        [...lists].map(([owner, points]) => [`list:${owner}`, pointsArray(points)]),
      ),
      metadata: { ...state, numAnchors: joined.numAnchors },
    }),
    load: ({ arrays, metadata }) => {
      const { numAnchors, ...kept } = metadata as unknown as State & { numAnchors: number };
      state = kept;
      lists = new Map(
        Object.entries(arrays).map(([name, array]) => [
          name.slice("list:".length),
          array.data as Uint8Array,
        ]),
      );
      joined =
        kept.phase === "telling" && lists.size >= 2 ? joinLists(lists) : { ...NOTHING, numAnchors };
    },
    result: () => ({ arrays: {}, metadata: { numAnchors: joined.numAnchors } }),
  };
}
