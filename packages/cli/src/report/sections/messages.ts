import { html, type Html } from "../html.ts";
import type { ReportMessage } from "../input.ts";
import type { Facts } from "../facts.ts";
import { count, list } from "../format.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { anchorsNote } from "./anchors-note.ts";
import { block, folded } from "./section.ts";

interface Declared extends ReportMessage {
  readonly methods: string[];
}

/** Every message kind that some method declares; a message beyond these is refused at the client. */
export function messagesBlock(messages: readonly ReportMessage[], facts: Facts): Html {
  const distinct = new Map<string, Declared>();
  for (const message of messages) {
    const key = JSON.stringify([message.stage, message.kind, message.purpose, message.arrays]);
    const known = distinct.get(key) ?? { ...message, methods: [] };
    if (message.method !== undefined) known.methods.push(methodLabel(message.method));
    distinct.set(key, known);
  }
  return html`${block(
    "Every message, and what it reveals",
    html`<p>
      Every kind of message between clients and server, as the methods declare it. A client refuses
      to send anything else: no rows, no scores of single users.
    </p>`,
    folded(
      `${count(distinct.size)} kinds of message`,
      scrollTable(
        html`<thead>
            <tr>
              <th scope="col">Message</th>
              <th scope="col" class="text">Purpose</th>
              <th scope="col" class="text">Arrays, and what they reveal</th>
              <th scope="col" class="text">Methods</th>
            </tr>
          </thead>
          <tbody>
            ${[...distinct.values()].map(
              ({ stage, kind, direction, purpose, arrays, methods }) =>
                html`<tr>
                  <th scope="row">
                    ${stage}: ${kind}${direction !== undefined && html`<small>${direction}</small>`}
                  </th>
                  <td class="text">${purpose}</td>
                  <td class="text">
                    ${
                      Object.keys(arrays).length === 0
                        ? "none"
                        : html`<dl>
                            ${byMeaning(arrays).map(
                              ([reveals, names]) =>
                                html`<dt><code>${names.join(" ")}</code></dt>
                                  <dd>${reveals}</dd>`,
                            )}
                          </dl>`
                    }
                  </td>
                  <td class="text">${list(methods)}</td>
                </tr>`,
            )}
          </tbody>`,
        { label: "Messages", className: "cards" },
      ),
    ),
  )}
  ${anchorsNote(messages, facts)}`;
}

/** Arrays that reveal the same thing stand together. */
function byMeaning(arrays: ReportMessage["arrays"]): [reveals: string, names: string[]][] {
  const names = new Map<string, string[]>();
  for (const [name, reveals] of Object.entries(arrays))
    names.set(reveals, [...(names.get(reveals) ?? []), name]);
  return [...names];
}
