import type { CoordinatorEvent } from "@atoll/network/coordinator";
import type { LogLevel } from "@atoll/network/operations";
import { cellName, roundName, shortId } from "./cell-name.ts";
import { bytes } from "./units.ts";

/** An event of a server in a few words, and how much it matters. */
export function serverLine(event: CoordinatorEvent): {
  readonly level: LogLevel;
  readonly text: string;
} {
  switch (event.kind) {
    case "run":
      return {
        level: event.state === "failed" ? "error" : "info",
        text: `run ${shortId(event.run)} ${stateText(event.state)}${event.reason === undefined ? "" : `: ${event.reason}`}`,
      };
    case "accepted":
      return { level: "info", text: `${event.client} takes part in run ${shortId(event.run)}` };
    case "refused":
      return {
        level: "warn",
        text: `${event.client} refuses run ${shortId(event.run)} (${event.code}): ${event.reason}`,
      };
    case "lost":
      return {
        level: "warn",
        text: `${event.client} cannot answer in ${cellName(event.cell)} (${event.code}): ${event.reason}`,
      };
    case "cell-start":
      return {
        level: "info",
        text: `${cellName(event.cell)}: ${event.rounds === 0 ? "begins" : `goes on after ${event.rounds} rounds`}`,
      };
    case "round-start":
      return {
        level: "debug",
        text: `${placeOf(event)} asks ${event.clients} ${event.clients === 1 ? "client" : "clients"}`,
      };
    case "answer":
      return {
        level: "debug",
        text: `${placeOf(event)}: ${event.client} answered, ${bytes(event.bytesUp)}, ${event.seconds.toFixed(1)} s`,
      };
    case "round-end":
      return {
        level: "info",
        text: `${placeOf(event)} done in ${event.seconds.toFixed(1)} s${event.dropped.length === 0 ? "" : `, without ${event.dropped.join(", ")}`}`,
      };
    case "cell-end":
      return { level: "info", text: `${cellName(event.cell)}: done after ${event.rounds} rounds` };
  }
}

type Placed = Extract<CoordinatorEvent, { readonly round: number }>;

function placeOf({ cell, stage, round }: Placed): string {
  return `${cellName(cell)} ${roundName(stage, round)}`;
}

function stateText(state: Extract<CoordinatorEvent, { kind: "run" }>["state"]): string {
  switch (state) {
    case "waiting":
      return "was submitted and waits for its clients";
    case "running":
      return "begins, or goes on";
    case "done":
      return "is done";
    case "failed":
      return "failed";
    case "cancelled":
      return "was cancelled";
  }
}
