import type { CodebookPages } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { bytes, duration, mean } from "../format.ts";
import { html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { partTraffic } from "./part-traffic.ts";
import { stageTraffic } from "./stage-traffic.ts";
import type { Section } from "./section.ts";

const WIDTH = 200;

/** Bytes, rounds and time of each method, per seed. */
export function cost(facts: Facts, pages?: CodebookPages): Section {
  const { methods } = facts.result;
  const most = Math.max(
    1,
    ...facts.methods.map((name) => Math.max(methods[name]!.bytes.up, methods[name]!.bytes.down)),
  );
  const bar = (value: number, y: number, className: string) =>
    html`<rect
      class="bar ${className}"
      x="0"
      y="${y}"
      width="${((WIDTH * value) / most).toFixed(1)}"
      height="8"
      rx="2"
    />`;
  return {
    id: "cost",
    title: "What it cost",
    content: html`<p class="lead">
        Per seed, all clients together. Bytes are those of the encoded messages, evaluation
        included; seconds are wall-clock time beside other trainings of this run, so they compare
        only roughly.
      </p>
      <p class="fine">
        <span class="key up"></span>up, from clients &nbsp; <span class="key down"></span>down, to
        clients
      </p>
      ${scrollTable(
        html`<thead>
            <tr>
              <th scope="col">Method</th>
              <th scope="col" class="text">Traffic</th>
              <th scope="col">Up</th>
              <th scope="col">Down</th>
              <th scope="col">Rounds</th>
              <th scope="col">Time</th>
            </tr>
          </thead>
          <tbody>
            ${facts.methods.map((name) => {
              const { bytes: traffic, rounds, seconds } = methods[name]!;
              return html`<tr>
                <th scope="row">${methodLabel(name)}</th>
                <td class="text">
                  <svg viewBox="0 0 ${WIDTH} 20" width="${WIDTH}" height="20" aria-hidden="true">
                    ${bar(traffic.up, 0, "up")}${bar(traffic.down, 11, "down")}
                  </svg>
                </td>
                <td>${bytes(traffic.up)}</td>
                <td>${bytes(traffic.down)}</td>
                <td>${mean(rounds)}</td>
                <td>${duration(seconds)}</td>
              </tr>`;
            })}
          </tbody>`,
        { label: "Bytes, rounds and time by method" },
      )}
      ${stageTraffic(facts, pages)} ${partTraffic(facts)}`,
  };
}
