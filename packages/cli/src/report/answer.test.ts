import { describe, expect, test } from "vitest";
import { answer } from "./answer.ts";
import { resultOf } from "./result.fixture.ts";

const better = (difference: number) => [difference, "better"] as const;
const worse = (difference: number) => [difference, "worse"] as const;
const unclear = (difference: number) => [difference, "no clear difference"] as const;

describe("the answer in one sentence", () => {
  test("some gain, one loses", () => {
    const result = resultOf(["de", "fr", "ca"], {
      fedavg: { de: better(0.03), fr: better(0.02), ca: worse(-0.01), macro: better(0.0133) },
    });
    expect(answer(result).headline).toMatchInlineSnapshot(
      `"Federating helps 2 of 3 clients: +0.0133 NDCG@10 on average with FedAvg; ca loses."`,
    );
  });

  test("all gain", () => {
    const result = resultOf(["de", "fr"], {
      fedavg: { de: better(0.03), fr: better(0.02), macro: better(0.025) },
    });
    expect(answer(result).headline).toMatchInlineSnapshot(
      `"Federating helps both clients: +0.0250 NDCG@10 on average with FedAvg."`,
    );
  });

  test("no clear difference anywhere is no help, whatever the mean says", () => {
    const result = resultOf(["de", "fr"], {
      fedavg: { de: unclear(0.03), fr: unclear(0.02), macro: unclear(0.025) },
    });
    const told = answer(result);
    expect(told.kind).toBe("no-help");
    expect(told.headline).toMatchInlineSnapshot(
      `"Federating did not help on these data: no clear difference to local training for any of 2 clients with FedAvg (+0.0250 NDCG@10 on average)."`,
    );
  });

  test("all lose", () => {
    const result = resultOf(["de", "fr"], {
      fedavg: { de: worse(-0.03), fr: worse(-0.02), macro: worse(-0.025) },
    });
    expect(answer(result).headline).toMatchInlineSnapshot(
      `"Federating did not help on these data: both clients lose with FedAvg (−0.0250 NDCG@10 on average)."`,
    );
  });

  test("a reference is never what helps", () => {
    const result = resultOf(["de", "fr"], {
      centralised: { de: better(0.1), fr: better(0.1), macro: better(0.1) },
    });
    expect(answer(result).kind).toBe("no-federated-method");
  });

  test("of several methods the one that helps is led with", () => {
    const result = resultOf(["de", "fr"], {
      fedavg: { de: unclear(0.05), fr: unclear(0.05), macro: unclear(0.05) },
      fedbn: { de: better(0.02), fr: unclear(0.01), macro: better(0.015) },
    });
    expect(answer(result).tally?.method).toBe("fedbn");
  });

  test("for a loss metric, lower is better", () => {
    const result = resultOf(
      ["de", "fr"],
      { fedavg: { de: better(-0.02), fr: better(-0.01), macro: better(-0.015) } },
      "logloss",
    );
    expect(answer(result).kind).toBe("helps");
    expect(answer(result).headline).toMatchInlineSnapshot(
      `"Federating helps both clients: −0.0150 log loss (lower is better) on average with FedAvg."`,
    );
  });

  test("one client has nobody to federate with", () => {
    expect(answer(resultOf(["de"], { fedavg: { de: unclear(0), macro: unclear(0) } })).kind).toBe(
      "single-client",
    );
  });
});
