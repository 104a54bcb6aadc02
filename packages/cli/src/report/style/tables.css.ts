/** Tables scroll inside their own frame; their first column stays. */
export const tables = `
.scroll { position: relative; overflow-x: auto; border: 1px solid var(--line); border-radius: 10px; background: var(--card);
  overscroll-behavior-x: contain; }
table { border-collapse: separate; border-spacing: 0; width: 100%; font-size: .9375rem; line-height: 1.35; }
caption { text-align: left; padding: .9rem 1rem .3rem; color: var(--muted); font-size: .875rem;
  overflow-wrap: normal; }
.scroll caption > span { position: sticky; left: 1rem; display: inline-block;
  max-width: min(52em, calc(100vw - 5rem)); }
th, td { padding: .55rem .85rem; text-align: right; vertical-align: top; border-top: 1px solid var(--line);
  overflow-wrap: normal; }
thead th { border-top: 0; vertical-align: bottom; font-weight: 600; font-size: .875rem; color: var(--muted);
  max-width: 11rem; overflow-wrap: break-word; }
th[scope=row], th:first-child { text-align: left; position: sticky; left: 0; z-index: 1;
  background: var(--card); font-weight: 600; }
th[scope=row] { min-width: 8.5rem; max-width: 14rem; overflow-wrap: anywhere; }
th small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; }
td.text, th.text { text-align: left; overflow-wrap: anywhere; }
tr.group th { background: var(--faint); color: var(--muted); font-size: .8125rem; font-weight: 600;
  padding-block: .35rem; position: static; max-width: none; }
tr.group th span { position: sticky; left: .85rem; }
tr.total th, tr.total td { border-top: 2px solid var(--line); font-weight: 600; }
td small { display: block; color: var(--muted); font-size: .8125rem; font-weight: 400; white-space: nowrap; }
td .value { white-space: nowrap; }
.mark { font-size: .75em; display: inline-block; width: 1.1em; text-align: right; }
.best { font-weight: 700; }
td.first, th.first { border-right: 1px solid var(--line); }
.cards th, .cards td { text-align: left; }
.cards th[scope=row] { min-width: 8.5rem; }
.cards td { overflow-wrap: anywhere; }
.cards dl { margin: 0; }
.cards dt { font-weight: 400; }
.cards dd { margin: 0 0 .5rem; color: var(--muted); }
@media (max-width: 40rem) {
  th, td { padding-inline: .65rem; }
  th[scope=row] { min-width: 6rem; max-width: 9rem; }
  .cards thead { display: none; }
  .cards, .cards tbody, .cards tr, .cards td, .cards th { display: block; max-width: none; position: static; }
  .cards td { border-top: 0; padding-top: 0; }
}
@media print {
  .scroll { overflow: visible; border: 0; }
  table { font-size: 8pt; }
  th, td { padding: .3rem .4rem; }
  th[scope=row], th:first-child { position: static; min-width: 0; }
}
`;
