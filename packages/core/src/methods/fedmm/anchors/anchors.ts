import { z } from "zod";
import type { Stage } from "../../../federation/stage.ts";
import type { MethodSettings } from "../../types.ts";
import { anchorsClient } from "./client.ts";
import { offerRequest, passRequest, tellRequest } from "./messages.ts";
import { anchorsServer } from "./server.ts";

/**
 * Finds the items that several parties hold, without showing any party's catalogue: multi-party private
 * set intersection by commutative blinding (Meadows 1986; Huberman, Franklin and Hogg 1999), relayed.
 *
 * Every party hashes its items to points of P-256, multiplies them by a secret of its own, fresh for this
 * run, and sends them in the order of the outcome. The server passes every list round all other parties,
 * each of which multiplies by its own secret. With all secrets on, equal points are equal items: the
 * server counts which points stand in two or more lists, and tells every party which places of its own
 * list these are.
 *
 * Holds against parties and a server that follow the protocol and look at all they see. A party that
 * lists items which it only guesses learns which of them somebody else holds. A server that adds points of
 * its own to the lists can try guesses on everybody: a party sees how long a list is, and not what is in
 * it. Server and party together know who else holds each of the party's items. Parties that are absent
 * three times in a row are left out, and the others begin again.
 */
export function anchorsStage(settings: MethodSettings): Stage {
  const empty = z.strictObject({});
  return {
    name: "anchors",
    // An offer, a hop to every other client, and the outcome.
    rounds: (numClients) => numClients + 1,
    messages: {
      offer: {
        arrays: {},
        metadata: offerRequest,
        purpose: "asks for the client's items with training positives, blinded by a fresh secret",
        answeredBy: ["offered"],
      },
      offered: {
        arrays: {
          points:
            "the client's items as points of P-256 times its secret, in the order of their bytes: reveals to the server how many items it trains on, and nothing about which",
        },
        metadata: empty,
        purpose: "the client's blinded items",
      },
      pass: {
        arrays: {
          points:
            "another client's blinded items: reveals to the client how many items that client trains on, and, as its secret is on them, nothing about which",
        },
        metadata: passRequest,
        purpose: "asks the client to multiply another client's blinded items by its own secret",
        answeredBy: ["passed"],
      },
      passed: {
        arrays: {
          points:
            "the same list, in the same order, with one more secret: once a list carries all of them, the server sees which places of which lists are the same item, without seeing the item",
        },
        metadata: empty,
        purpose: "another client's blinded items, blinded once more",
      },
      tell: {
        arrays: {
          positions:
            "places of the client's own list that at least one other client holds too, without saying which",
          ids: "numbers of these items that all clients have in common, drawn anew in each run",
        },
        metadata: tellRequest,
        purpose:
          "tells the client which of its own items are held by others, and how many there are in all",
        answeredBy: ["told"],
      },
      told: { arrays: {}, metadata: empty, purpose: "says that it was taken over" },
    },
    server: anchorsServer,
    client: async (context) => anchorsClient(context, settings),
  };
}
