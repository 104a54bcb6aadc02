import type { CodebookPages } from "@atoll/node/results";
import type { Facts } from "../facts.ts";
import { bytes, mean } from "../format.ts";
import { html, type Html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block, folded } from "./section.ts";

/** Numbers are four bytes on the wire. */
const NUMBER_BYTES = 4;

/** What each stage of the federated methods sends: by one client in one round, and in all. */
export function stageTraffic(facts: Facts, pages: CodebookPages | undefined): Html | undefined {
  const { methods } = facts.result;
  const told = facts.federated.flatMap((name) => {
    const stages = methods[name]!.stages ?? [];
    return stages.length === 0 ? [] : [{ name, stages }];
  });
  if (told.length === 0) return undefined;
  return block(
    "Stage by stage",
    html`<p>
      Each time: one client in one round, the mean over all rounds of the stage, below it the
      largest single message. In all: every client and round of one seed.
    </p>`,
    folded(
      "Bytes of each stage",
      scrollTable(
        html`<thead>
            <tr>
              <th scope="col">Stage</th>
              <th scope="col">Rounds</th>
              <th scope="col">Up, each time</th>
              <th scope="col">Down, each time</th>
              <th scope="col">Up in all</th>
              <th scope="col">Down in all</th>
            </tr>
          </thead>
          ${told.map(
            ({ name, stages }) =>
              html`<tbody>
                <tr class="group">
                  <th colspan="6" scope="colgroup"><span>${methodLabel(name)}</span></th>
                </tr>
                ${stages.map(
                  ({ stage, rounds, answers, bytesUp, bytesDown, largestUp, largestDown }) =>
                    html`<tr>
                      <th scope="row">${stage}</th>
                      <td>${mean(rounds)}</td>
                      <td>${perMessage(bytesUp, answers, largestUp)}</td>
                      <td>${perMessage(bytesDown, answers, largestDown)}</td>
                      <td>${bytes(bytesUp)}</td>
                      <td>${bytes(bytesDown)}</td>
                    </tr>`,
                )}
              </tbody>`,
          )}`,
        { label: "Bytes by stage", className: "by-stage", sortable: true },
      ),
    ),
    codebookText(facts, pages),
  );
}

function perMessage(total: number, answers: number, largest: number): Html {
  return html`${bytes(total / Math.max(1, answers))}<small>at most ${bytes(largest)}</small>`;
}

/** The published recipe's promise, with the numbers of this run. */
function codebookText(facts: Facts, pages: CodebookPages | undefined): Html | undefined {
  const { result } = facts;
  const name = facts.federated.find((method) =>
    Object.values(result.methods[method]!.codebooks ?? {}).some(({ levels }) =>
      levels.includes("global"),
    ),
  );
  if (name === undefined) return undefined;
  const settings = pages?.methods[name]?.settings;
  if (settings === undefined) return undefined;
  const { codes, width, aggregation } = settings;
  const counts = aggregation === "samples" ? 0 : 1;
  const rows = codes * (width + counts) * NUMBER_BYTES;
  return html`<p class="fine">
    A round of codebook training costs the same however many users and items a client has: for
    ${methodLabel(name)} ${codes} rows of ${width} numbers${counts === 1 && " and a count each"},
    that is ${bytes(rows)} up for each entity and common level, plus a header. Where encoder and
    decoder are shared, or code embeddings or dense parameters in training, these come on top, as
    large as they are. Only the stage anchors and coupled collaborative rounds grow with the items.
  </p>`;
}
