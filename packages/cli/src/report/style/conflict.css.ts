/** Matrices of cosines, weights in shaded cells, bars of gates. */
export const conflict = `
.matrix { background: var(--card); max-width: 11rem; }
#conflict .one-chart { max-width: 26rem; }
.matrix .ground { fill: var(--faint); }
.matrix .diagonal { fill: var(--line); }
.matrix .unknown { fill: none; stroke: var(--line); stroke-width: .04; }
.p1, .p2, .p3, .p4, .p5 { fill: var(--s1); } .n1, .n2, .n3, .n4, .n5 { fill: var(--s2); }
.matrix .p1, .matrix .n1 { opacity: .22; } .matrix .p2, .matrix .n2 { opacity: .4; }
.matrix .p3, .matrix .n3 { opacity: .58; } .matrix .p4, .matrix .n4 { opacity: .78; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
.multiples figure { padding: .8rem 1rem; }
.multiples h4 { margin: 0 0 .5rem; }
.rounds { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .8rem; }
.rounds > div > span { display: block; margin-top: .3rem; font-size: .8125rem; color: var(--muted); }
.steps { display: flex; flex-wrap: wrap; gap: .2rem .9rem; margin: 0 0 .9rem; padding: 0; list-style: none;
  font-size: .875rem; color: var(--muted); }
.key.p { background: var(--s1); } .key.n { background: var(--s2); } .key.zero-key { background: var(--faint);
  border: 1px solid var(--line); }
.key.d2 { opacity: .4; } .key.d3 { opacity: .58; }
.shaded td { text-align: right; }
.shaded td.w1 { background: color-mix(in srgb, var(--s1) 7%, var(--card)); }
.shaded td.w2 { background: color-mix(in srgb, var(--s1) 13%, var(--card)); }
.shaded td.w3 { background: color-mix(in srgb, var(--s1) 19%, var(--card)); }
.shaded td.w4 { background: color-mix(in srgb, var(--s1) 25%, var(--card)); }
.shaded td.w5 { background: color-mix(in srgb, var(--s1) 31%, var(--card)); }
.stacked .heat-row { background: none; }
.gate-tasks { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1rem; }
.gate-tasks h4 { margin: 0 0 .5rem; font-size: .9375rem; font-weight: 620; }
.multiples + .markets, .multiples + .one-chart, .steps + .panels-grid { margin-top: 1rem; }
.multiples ~ details { margin-top: .8rem; }
.multiples ~ details h4 { margin: 1rem 0 .4rem; font-size: .9375rem; font-weight: 620; }
.panels .block + .block { margin-top: 2.25rem; }
.key.itself { background: var(--line); }
.scroll + .notes { margin-top: 1rem; }
.by-part th[scope=row] { min-width: 10.5rem; }
`;
