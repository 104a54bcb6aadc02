import type { LogLevel } from "@atoll/network/operations";
import type { SiloEvent } from "@atoll/network/silo";
import { cellName, shortId } from "./cell-name.ts";
import { bytes, duration } from "./units.ts";

/** An event of a silo in a few words, and how much it matters; for its own people, so that it may name rows and paths. */
export function clientLine(
  event: SiloEvent,
): { readonly level: LogLevel; readonly text: string } | undefined {
  switch (event.kind) {
    case "connected":
      return { level: "info", text: "connected to the server" };
    case "idle":
      return { level: "info", text: "nothing to do; waiting for work" };
    case "job-accepted":
      return {
        level: "info",
        text: `run ${shortId(event.run)} "${event.name}": takes part, with the rows of ${event.clients.join(", ")}`,
      };
    case "job-refused":
      return {
        level: "warn",
        text: `run ${shortId(event.run)} refused (${event.code}). The server was told: ${event.reason}${detailsOf(event)}`,
      };
    case "preparing":
      return event.event.kind === "read"
        ? {
            level: "info",
            text: `read ${event.event.client}: ${event.event.rows.toLocaleString("en-US")} rows`,
          }
        : undefined;
    case "request-start":
      return {
        level: "debug",
        text: `${cellName(event.cell)}: request ${event.seq}, ${bytes(event.sizeBytes)}`,
      };
    case "work":
      return {
        level: "debug",
        text: `${cellName(event.cell)}: ${event.work} ${Math.round(100 * event.share)}%`,
      };
    case "upload":
      return {
        level: "debug",
        text: `${cellName(event.cell)}: sent ${bytes(event.sentBytes)} of ${bytes(event.sizeBytes)}`,
      };
    case "answered":
      return {
        level: event.verdict === "refused" ? "warn" : "info",
        text: `${cellName(event.cell)}: answer ${event.seq}, ${bytes(event.sizeBytes)}, ${duration(event.seconds)}${verdictText(event)}`,
      };
    case "failed":
      return {
        level: "error",
        text: `${cellName(event.cell)}: request ${event.seq} failed (${event.code}). The server was told: ${event.reason}${detailsOf(event)}`,
      };
    case "closed":
      return { level: "info", text: `${cellName(event.cell)}: done` };
    case "forgotten":
      return { level: "info", text: `run ${shortId(event.run)} is over; its state was deleted` };
    case "error":
      return { level: "error", text: `it is tried again: ${event.text}` };
  }
}

function verdictText({ verdict, reason }: Extract<SiloEvent, { kind: "answered" }>): string {
  switch (verdict) {
    case "taken":
      return "";
    case "late":
      return ", too late: the round went on without it";
    case "refused":
      return `, refused by the server: ${reason ?? "it did not say why"}`;
  }
}

function detailsOf({ details }: { readonly details: readonly string[] }): string {
  return details.map((detail) => `\n          ${detail}`).join("");
}
