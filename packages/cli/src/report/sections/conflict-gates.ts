import type { GatesResult } from "@atoll/node/results";
import { partColour, stackedBars } from "../charts/stacked-bars.ts";
import { html, type Html } from "../html.ts";

/** How each client's gates share every task out between experts. */
export function gatesBlock(
  { seed, tasks, clients }: GatesResult,
  shown: readonly string[],
  numSeeds: number,
): Html {
  const names = shown.filter((client) => client in clients);
  const numExperts = Math.max(0, ...names.map((client) => clients[client]![0]?.length ?? 0));
  const bars = (task: number) =>
    names.map((client) => {
      const values = clients[client]![task]!;
      const shares = values.map((value, e) => `expert ${e + 1} ${(100 * value).toFixed(0)}%`);
      return { label: client, values, text: `${client}: ${shares.join(", ")}` };
    });
  return html`<p>
      Each bar is one client's mean share of every expert in what the task's tower reads, over its
      validation rows. Bars cut alike say that clients use experts alike; equal parts say that the
      gates hardly
      choose.${numSeeds > 1 && ` Seed ${seed} alone: every seed numbers its experts by chance, so a mean over seeds would mix different ones.`}
    </p>
    <ul class="markets">
      ${Array.from(
        { length: numExperts },
        (_, e) =>
          html`<li>
            <span class="key" style="background:${partColour(e)}"></span>expert ${e + 1}
          </li>`,
      )}
    </ul>
    <div class="gate-tasks">
      ${tasks.map(
        (task, t) =>
          html`<figure>
            <h4>${task}</h4>
            ${stackedBars(bars(t))}
          </figure>`,
      )}
    </div>`;
}
