import type { AuditResult } from "@atoll/node/audit";
import { html } from "../html.ts";
import { methodLabel } from "../labels.ts";
import { stillPage } from "../page/index.ts";
import type { Section } from "../sections/section.ts";
import { switchOf } from "../widgets/switch.ts";
import { boundsChart } from "./bounds-chart.ts";
import { attackRows, auditHeadline, canaryRows, itemRows, modelName } from "./facts.ts";
import { rocChart } from "./roc-chart.ts";
import { auditStyle } from "./style.ts";
import { canaryTable, itemTable, membershipTable } from "./tables.ts";

/** The page of an audit: one HTML file that needs nothing else, not even a script. */
export function renderAudit(result: AuditResult): string {
  const title = auditHeadline(result);
  const optional = [rocs(result), membership(result), canaries(result), items(result)];
  const sections = [...optional.filter((section) => section !== undefined), protocol(result)];
  return stillPage({
    title,
    kind: "audit",
    eyebrow: `${result.experiment}, seed ${result.runSeed}`,
    skip: { to: "protocol", text: "Skip to how it was done" },
    sections,
    source: "Atoll from audit.json of this run",
    longest: Object.keys(result.methods).length,
    style: auditStyle,
  });
}

function rocs({ methods }: AuditResult): Section | undefined {
  const shown = Object.entries(methods).filter(
    ([, { clients }]) => Object.keys(clients).length > 0,
  );
  if (shown.length === 0) return undefined;
  return {
    id: "roc",
    title: "Which rows was it trained on?",
    content: html`<p class="lead">
        Training rows that are found against test rows that are taken for some, on logarithmic axes.
        The dashed line is guessing; what counts is the left edge, where an attacker is sure.
      </p>
      <div class="legend">
        <span><span class="key loss"></span>threshold of the loss</span>
        <span><span class="key ratio"></span>likelihood ratio of shadow models</span>
      </div>
      ${switchOf(
        shown.map(([name, { clients }]) => ({
          label: methodLabel(name),
          content: html`<div class="panels-grid">
            ${Object.entries(clients).map(
              ([client, { threshold, likelihoodRatio }]) =>
                html`<figure class="card">
                  <h4>${client}</h4>
                  ${rocChart(
                    [
                      { name: "loss", className: "loss-curve", points: threshold.roc },
                      ...(likelihoodRatio === undefined
                        ? []
                        : [
                            {
                              name: "likelihood ratio",
                              className: "ratio-curve",
                              points: likelihoodRatio.roc,
                            },
                          ]),
                    ],
                    1 / Math.min(threshold.members, threshold.nonMembers),
                    `True against false positives for ${client}`,
                  )}
                </figure>`,
            )}
          </div>`,
        })),
        { legend: "Method", name: "roc-method" },
      )}`,
  };
}

function membership(result: AuditResult): Section | undefined {
  const rows = attackRows(result);
  if (rows.length === 0) return undefined;
  return {
    id: "membership",
    title: "The same in numbers",
    content: html`${membershipTable(rows)}
      <p class="fine">
        Small: 95% intervals. Accuracy: the mean of the shares of training and test rows that are
        told right, its threshold chosen on one half of the rows and measured on the other. Epsilon,
        as if rows were drawn and judged one by one: an indication, as rows of one model are not
        independent. Where test rows are of another kind than training rows, later ones for
        instance, some of what is found is that.
      </p>`,
  };
}

function canaries(result: AuditResult): Section | undefined {
  const rows = canaryRows(result);
  if (rows.length === 0) return undefined;
  return {
    id: "canaries",
    title: "Does the promise hold?",
    content: html`<p class="lead">
        Made-up rows, each trained on with a chance of one half. From how many are guessed right
        follows an epsilon that the training has at least; a promise below it would be refuted.
      </p>
      <div class="legend">
        <span><span class="key bound"></span>at least</span>
        <span><span class="key promise"></span>promised</span>
      </div>
      <figure class="card">
        ${boundsChart(rows, ({ method, party }) => modelName(method, party))}
      </figure>
      <div class="block">${canaryTable(rows)}</div>
      <p class="fine">
        Bounds hold with 95% confidence; "with all others" and the verdicts, together for all
        parties of this page. A low bound says that these canaries found little, not that there is
        nothing to find. The training among canaries has more rows than the run's: where its own
        account promises more, the bound is held against that.
      </p>`,
  };
}

function items(result: AuditResult): Section | undefined {
  const rows = itemRows(result);
  if (rows.length === 0) return undefined;
  return {
    id: "items",
    title: "What does one update give away?",
    content: html`<p class="lead">
        Values of shared features that a client has, guessed from the rows of tables that its first
        update moves: as many as it has, those that moved most.
      </p>
      ${itemTable(rows)}
      <p class="fine">
        As whoever receives the client's own answer sees it: under central privacy that is the
        server, which is trusted; under distributed privacy secure aggregation would hide it.
      </p>`,
  };
}

function protocol({ seed, shadows, notAttacked, methods }: AuditResult): Section {
  const notes = [
    ...Object.entries(methods).flatMap(([name, { notes: own }]) =>
      own.map((note) => [methodLabel(name), note] as const),
    ),
    ...Object.entries(notAttacked).map(
      ([name, why]) => [methodLabel(name), `not attacked: ${why}`] as const,
    ),
  ];
  return {
    id: "protocol",
    title: "How it was done",
    content: html`<dl class="pairs">
      <dt>Threshold</dt>
      <dd>Rows with a lower loss are taken for training rows (Yeom et al. 2018).</dd>
      ${
        shadows > 0 &&
        html`<dt>Likelihood ratio</dt>
          <dd>
            ${shadows} models trained as the run's, on random halves of each client's training and
            test rows, say what loss a row has where it was trained on and where it was not (Carlini
            et al. 2022, online,
            ${shadows < 64 ? "one variance for all rows" : "a variance for each row"}).
          </dd>`
      }
      <dt>Canaries</dt>
      <dd>
        One more training with all canaries in it; a canary's score is how much lower its loss is
        than under the run's own model. Bound: Steinke, Nasr and Jagielski 2023, theorem 5.2.
      </dd>
      <dt>Seed</dt>
      <dd>${seed}</dd>
      ${notes.map(
        ([name, note]) =>
          html`<dt>${name}</dt>
            <dd>${note}</dd>`,
      )}
    </dl>`,
  };
}
