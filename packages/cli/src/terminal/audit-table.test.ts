import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { audited, kept } from "../report/audit/result.fixture.ts";
import { auditTable } from "./audit-table.ts";

test("what an audit found, with a loud line where a promise does not hold", () => {
  expect(auditTable(audited, false)).toMatchInlineSnapshot(`
    "A promise does not hold: broken, a has an epsilon of at least 1.599 where 1 was promised

    membership  client  attack              AUC    95% interval  accuracy  TPR at FPR 1%  at 0.1%
    local       a       loss              0.600  [0.550, 0.650]     0.610           4.4%     2.0%
                        likelihood ratio  0.720  [0.670, 0.770]     0.610           4.4%     2.0%
    private     a       loss              0.510  [0.460, 0.560]     0.610           4.4%     2.0%
    broken      a       loss              0.580  [0.530, 0.630]     0.610           4.4%     2.0%
    fedavg      a       loss              0.500  [0.450, 0.550]     0.610           4.4%     2.0%

    canaries  client  guessed right  epsilon at least  promised
    private   a           52 of 100             0.019     2.001
    broken    a           98 of 100             3.199         1  REFUTED
    fedavg    a           50 of 100             0.000  infinity  about a client's updates only

    one update  client  feature     values   found    AUC  under  found    AUC
    fedavg      a       item     40 of 200  100.0%  1.000  local  22.5%  0.517

    local: b: fewer than two training rows, or test rows, with a label
    popularity was not attacked: it stores no trained model

    !!! broken, a: epsilon is at least 1.599, and 1 was promised. The promise does not hold."
  `);
});

test("colours change no character, and a kept promise is not shouted about", () => {
  expect(stripVTControlCharacters(auditTable(audited, true))).toBe(auditTable(audited, false));
  expect(auditTable(kept, false)).not.toContain("!!!");
});
