import type { Facts } from "../facts.ts";
import { bytes, list, mean } from "../format.ts";
import { html, type Html } from "../html.ts";
import type { ReportMessage } from "../input.ts";
import { methodLabel } from "../labels.ts";
import { block } from "./section.ts";

const MATCHING = "anchors";
const COUPLED = "collaborative";
const VECTORS = "item-vectors/";

/** A paragraph of its own for methods that send vectors of shared items: it is more than a codebook tells. */
export function anchorsNote(messages: readonly ReportMessage[], facts: Facts): Html | undefined {
  const sends = (message: ReportMessage) =>
    message.stage === MATCHING ||
    (message.stage === COUPLED &&
      Object.keys(message.arrays).some((name) => name.startsWith(VECTORS)));
  const methods = [
    ...new Set(
      messages.filter(sends).flatMap(({ method }) => (method === undefined ? [] : [method])),
    ),
  ];
  if (methods.length === 0) return undefined;
  const several = methods.length > 1;
  return block(
    "Vectors of shared items",
    html`<p>
      ${list(methods.map(methodLabel))} ${several ? "couple" : "couples"} collaborative training by
      items that several clients hold (alignment.anchors). This is off unless an experiment asks for
      it, and sends more than the rest of the method does:
    </p>`,
    html`<ul class="notes">
      <li>
        Which items are shared is found by private set intersection over P-256. No client sees
        another's catalogue, and the server sees no item's id; the server does learn how many items
        each client trains on, how many of them each set of clients has in common, and which places
        of whose blinded lists are the same item. A client learns which of its own items somebody
        else has, not who.
      </li>
      <li>
        In each round of the stage collaborative a client sends its learned vectors of its shared
        items, one per item and model, with the number of training positives of each. The server
        sees them in the clear, client by client; which users chose an item shapes its vector. Other
        clients receive averages over the holders: where two hold an item, each can work out the
        other's vector from the average and its own.
      </li>
      <li>
        This rests on parties that keep to the protocol. One that lists items it does not have
        learns which of them others hold, and a server that works with a client learns who else has
        each of that client's items. No noise is added to these vectors.
      </li>
      ${methods.map((name) => bytesText(name, facts))}
    </ul>`,
  );
}

function bytesText(name: string, facts: Facts): Html | undefined {
  const stages = facts.result.methods[name]?.stages ?? [];
  const told = [MATCHING, COUPLED].flatMap((wanted) => {
    const found = stages.find(({ stage }) => stage === wanted);
    if (found === undefined) return [];
    const { rounds, answers, bytesUp, bytesDown } = found;
    const each = Math.max(1, answers);
    return [
      `${wanted}: ${bytes(bytesUp / each)} up and ${bytes(bytesDown / each)} down per client and round, ${mean(rounds)} rounds, ${bytes(bytesUp + bytesDown)} in all`,
    ];
  });
  if (told.length === 0) return undefined;
  return html`<li>Bytes of ${methodLabel(name)} per seed. ${told.join("; ")}.</li>`;
}
