import type { Comparison } from "../facts.ts";
import { html, type Html } from "../html.ts";

export type Verdict = Comparison["verdict"];

/** The class that colours a verdict. */
export function verdictClass(verdict: Verdict | undefined): "better" | "worse" | "even" {
  switch (verdict) {
    case "better":
      return "better";
    case "worse":
      return "worse";
    case "no clear difference":
    case undefined:
      return "even";
  }
}

/** An arrow for the eye and words for the ear; nothing where no difference is clear. */
export function mark(verdict: Verdict | undefined, against = "local"): Html {
  switch (verdict) {
    case "better":
      return html`<span class="mark" aria-hidden="true">▲</span
        ><span class="sr"> better than ${against}</span>`;
    case "worse":
      return html`<span class="mark" aria-hidden="true">▼</span
        ><span class="sr"> worse than ${against}</span>`;
    case "no clear difference":
    case undefined:
      return html``;
  }
}
