import { describe, expect, test } from "vitest";
import { factsOf } from "../facts.ts";
import type { ReportMessage } from "../input.ts";
import { promise } from "../privacy.fixture.ts";
import { linesOf, resultOf, type Effects } from "../result.fixture.ts";
import { costQuestion } from "./cost.ts";
import { gainsQuestion } from "./gains.ts";
import { leftQuestion } from "./left.ts";
import { methodQuestion } from "./method.ts";
import { riskQuestion } from "./risks.ts";

const effects: Effects = {
  fedavg: { de: [0.03, "better"], fr: [-0.02, "worse"], macro: [0.005, "better"] },
  fedbn: { de: [0.02, "no clear difference"], fr: [-0.5, "worse"], macro: [-0.24, "worse"] },
  popularity: { de: [0.2, "better"], fr: [0.2, "better"], macro: [0.2, "better"] },
};
const result = () => resultOf(["de", "fr"], effects, "auc");
/** Thin spaces as spaces. */
const plain = (text: string | undefined) => text?.replaceAll("\u202F", " ");

describe("each question has its answer in a sentence", () => {
  test("gains: who is clearly better, who worse, and the range", () => {
    expect(gainsQuestion(factsOf(result()))!.answer).toBe(
      "With FedAvg, de clearly gains; fr clearly loses. Differences in AUC go from \u22120.0200 (fr) to +0.0300 (de).",
    );
    expect(gainsQuestion(factsOf({ ...result(), comparisons: [] }))).toBeUndefined();
  });

  test("of a loss the range goes from the least gain to the most", () => {
    const own = factsOf(
      resultOf(
        ["de", "fr"],
        { fedavg: { de: [-0.03, "better"], fr: [0.02, "no clear difference"] } },
        "logloss",
      ),
    );
    expect(gainsQuestion(own)!.answer).toBe(
      "With FedAvg, de clearly gains; fr shows no clear difference, and nobody clearly loses. Differences in log loss go from +0.0200 (fr) to \u22120.0300 (de).",
    );
  });

  test("of very many clients the largest are shown, which is said; the range is of all", () => {
    const clients = Array.from({ length: 30 }, (_, i) => `c${i}`);
    const many = Object.fromEntries(
      clients.map((client, i) => [client, [(i - 1) / 1000, "no clear difference"] as const]),
    );
    const own = resultOf(clients, { fedavg: many }, "auc");
    clients.forEach((client, i) => (own.clients[client]!.train = 100 * (i + 1)));
    const { answer, content } = gainsQuestion(factsOf(own))!;
    expect(answer).toContain("go from \u22120.0010 (c0) to +0.0280 (c29)");
    expect(content.markup).toContain(
      "Shown are the 24 clients with the most training rows of 30; result.json has all.",
    );
    expect(content.markup).not.toContain('<th scope="row">c0</th>');
  });

  test("method: the best, what lies within its interval, and what needs no federation", () => {
    expect(methodQuestion(factsOf(result())).answer).toBe(
      "FedAvg has the best mean over clients of 2 federated methods: 0.3050 AUC, 95% interval 0.2950 to 0.3150. No other federated method's mean lies inside that interval. Popularity (0.5000) has a better mean without a federation.",
    );
    const near = resultOf(["de"], {
      fedavg: { macro: [0.02, "better"] },
      fedbn: { macro: [0.015, "better"] },
    });
    expect(methodQuestion(factsOf(near)).answer).toContain(
      "The mean of FedBN lies inside that interval, so these results hardly tell them apart.",
    );
  });

  test("cost: bytes, rounds and time of the method led with, and epsilon where there is one", () => {
    const own = result();
    own.methods["fedbn"]!.bytes = { up: 1e6, down: 2e6 };
    own.methods["fedbn"]!.privacy = promise({ de: 2 });
    const question = costQuestion(factsOf(own), { lines: linesOf(["de"]), codebooks: undefined });
    expect(plain(question.answer)).toBe(
      "One training with FedAvg moved 6.14 kB, 3.07 kB for each of 2 clients on average, in 10 rounds and 12 s. Federated methods moved from 6.14 kB (FedAvg) to 3.00 MB (FedBN). Privacy spent: FedBN at most epsilon 2.",
    );
  });

  test("what left: bytes, the stage with most of them, kinds of messages sent, what is promised", () => {
    const message = (kind: string, direction: ReportMessage["direction"]): ReportMessage => ({
      stage: "train",
      kind,
      ...(direction !== undefined && { direction }),
      purpose: "",
      arrays: { parameters: "dense parameters" },
    });
    const own = result();
    const stage = { rounds: 1, answers: 1, largestUp: 1, largestDown: 1, bytesDown: 1 };
    own.methods["fedavg"]!.stages = [
      { ...stage, stage: "vocabulary", bytesUp: 48 },
      { ...stage, stage: "train", bytesUp: 2000, arrays: { parameters: { up: 1900, down: 0 } } },
    ];
    const messages = [message("train", "to clients"), message("update", "to server")];
    expect(plain(leftQuestion(factsOf(own), messages)!.answer)).toBe(
      "In one training with FedAvg, clients sent 2.05 kB, 2.00 kB of it in the stage train. Of the model they sent dense parameters; no row, label or score. In all, methods of this run declare 1 kind of message, 1 with arrays of numbers, that may leave a client, which refuses to send anything else. No method keeps an account of noise, so there is no formal privacy promise.",
    );
  });

  test("risks: how many checks say to look twice, and at what", () => {
    expect(riskQuestion(factsOf(result()), []).answer).toBe(
      "5 of 7 checks of FedAvg and its data say to look twice: losing clients, chance, something simpler that does as well, a winner picked by its test result and a test that knows the training. About over-fitting and messages that give somebody away this run cannot tell.",
    );
  });
});
