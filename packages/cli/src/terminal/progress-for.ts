import type { AtollContext } from "../context.ts";

/** What shows events of one kind while work goes on. */
export interface Shown<Event> {
  readonly show: (event: Event) => void;
  readonly close: () => void;
}

type Write = (text: string) => void;

/** How events are shown as lines, and in place. */
export interface Ways<Event> {
  readonly plain: (write: Write, nowMs: () => number) => Shown<Event>;
  readonly live: (write: Write, nowMs: () => number, columns: () => number) => Shown<Event>;
}

/** Progress as the reader can take it: in place on a terminal, as lines in a pipe, as JSON, or not at all. */
export function progressFor<Event>(
  context: AtollContext,
  how: "shown" | "json" | "quiet",
  { plain, live }: Ways<Event>,
): Shown<Event> {
  const write = (text: string) => context.process.stdout.write(text);
  const nowMs = () => context.now().getTime();
  if (how === "json")
    return { show: (event) => write(`${JSON.stringify(event)}\n`), close: () => {} };
  if (how === "quiet") return { show: () => {}, close: () => {} };
  const { columns } = context;
  return columns === undefined ? plain(write, nowMs) : live(write, nowMs, () => columns);
}

/** JSON goes before quiet. */
export function howOf({
  quiet = false,
  json,
}: {
  readonly quiet?: boolean;
  readonly json: boolean;
}) {
  return json ? "json" : quiet ? "quiet" : "shown";
}
