import type { CodebookPages, Result } from "@atoll/node/results";
import { count } from "../format.ts";
import { html, type Html } from "../html.ts";
import { scrollTable } from "../widgets/scroll-table.ts";
import { block } from "./section.ts";

/** What rows of a codebook tell about a client, and what was done about it. */
export function codebookPrivacy(
  result: Result,
  method: string,
  page: CodebookPages["methods"][string] | undefined,
): Html {
  const codebooks = result.methods[method]?.codebooks;
  const isShared = Object.values(codebooks ?? {}).some(({ levels }) => levels.includes("global"));
  if (!isShared)
    return block(
      "What the codebooks reveal",
      html`<p>
        Every level is the client's own: no row of a codebook leaves a client, only numbers about
        its training.
      </p>`,
    );
  const { settings, releases = [] } = page ?? {};
  const { minimumCount = 0, aggregation, privacy } = settings ?? {};
  const isNoisy = privacy !== undefined || releases.length > 0;
  return block(
    "What the codebooks reveal",
    html`<ul class="notes">
      <li>
        ${
          aggregation === "sums"
            ? "For each code a client sends the sum of the encoded vectors of its items or users with that code."
            : "A row that a client sends is close to the mean of the encoded vectors of its items or users with that code."
        }
        With few of them behind it, it comes near the vector of a single one; with one, it is that
        vector as the encoder sees it${isNoisy && ", but for the noise"}.
      </li>
      <li>
        ${
          aggregation === "samples"
            ? "Counts by code are not sent after a round, only how many there are in all."
            : `Counts by code say how many stand behind each row${isNoisy ? ", with noise" : ""}.`
        }
        ${leftOutText(minimumCount, isNoisy)}
      </li>
      <li>
        The server sees each client's share; the other clients see what it joined of all of them.
      </li>
      <li>
        ${
          isNoisy
            ? "The noise hides one item's or user's encoded vector in one client's sums, and nothing more. The encoder is taken as it is: it was trained on the same vectors without noise, and these on the interactions, so what an item, a user or an interaction does to other vectors is not covered. Encoders and decoders, where they are shared, carry no noise."
            : "No noise was added: there is no differential privacy here."
        }
      </li>
    </ul>`,
    releases.length > 0 && releaseTable(releases, privacy?.clipNorm),
  );
}

function leftOutText(minimumCount: number, isNoisy: boolean): string {
  if (isNoisy)
    return minimumCount > 0
      ? `Codes whose noisy count is below ${count(minimumCount)} are left out (minimumCount); their true counts have no say in it.`
      : "";
  return minimumCount > 1
    ? `Codes with fewer than ${count(minimumCount)} in a client are left out of what it sends (minimumCount).`
    : "No code is left out for having few behind it (minimumCount is 0 or 1).";
}

function releaseTable(
  releases: CodebookPages["methods"][string]["releases"],
  clipNorm: number | undefined,
): Html {
  return html`${scrollTable(
      html`<thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col" class="text">About</th>
            <th scope="col">Releases</th>
            <th scope="col">Noise multiplier</th>
            <th scope="col">epsilon</th>
            <th scope="col">delta</th>
          </tr>
        </thead>
        <tbody>
          ${releases.map(
            ({ client, entity, count: number, noiseMultiplier, epsilon, delta }) =>
              html`<tr>
                <th scope="row">${client}</th>
                <td class="text">${entity}s</td>
                <td>${count(number)}</td>
                <td>${Number(noiseMultiplier.toPrecision(3))}</td>
                <td>${Number(epsilon.toPrecision(3))}</td>
                <td>${delta.toExponential(0)}</td>
              </tr>`,
          )}
        </tbody>`,
      { label: "Noisy releases by client" },
    )}
    <p class="fine">
      Gaussian mechanism on
      sums${clipNorm !== undefined && ` of vectors clipped to norm ${clipNorm}`} and counts by code
      together. Unit: one item's or user's encoded vector in one client's sums. Neighbours: the same
      sums with and without it, which moves the pair by at most the square root of 2, in units of
      the clip and of one. Noise multiplier: deviation over that sensitivity. epsilon at the given
      delta, of all releases of the client about this kind in one run with one seed: every further
      seed or method on the same data adds its own. What other stages send is not part of it.
    </p>`;
}
