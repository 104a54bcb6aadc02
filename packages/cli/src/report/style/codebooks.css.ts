/** Heat maps of codebooks, and the cards of their codes. */
export const codebooks = `
.heat { display: grid; grid-template-columns: minmax(3.5rem, max-content) minmax(0, 1fr); gap: 2px .7rem;
  align-items: center; border: 1px solid var(--line); border-radius: 10px; background: var(--card);
  padding: 1rem 1rem .9rem; }
.heat-label { font-size: .8125rem; color: var(--muted); max-width: 7rem; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.heat-row { height: 1.25rem; background: var(--faint); color: var(--s1); }
.heat-row.summary { color: var(--s2); margin-top: .4rem; }
.heat-row path { fill: currentColor; shape-rendering: crispEdges; }
.h1 { opacity: .2; } .h2 { opacity: .36; } .h3 { opacity: .52; } .h4 { opacity: .68; } .h5 { opacity: .84; }
.key.h { background: var(--s1); } .key.h0 { background: var(--faint); border: 1px solid var(--line); }
.key.summary { background: var(--s2); }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem; }
.codes + details, .notes + .scroll { margin-top: 1rem; }
details .codes { margin-top: .8rem; }
.codes .card { padding: .8rem 1rem; }
.codes h4 { margin: 0 0 .5rem; }
.codes dl { margin: 0; font-size: .875rem; line-height: 1.4; }
.codes dt { font-weight: 620; margin-top: .5rem; }
.codes dt span { font-weight: 400; color: var(--muted); }
.codes dd { margin: 0; overflow-wrap: anywhere; }
.codes dd small { color: var(--muted); }
.by-stage th[scope=row] { min-width: 8.6rem; }
.one-chart { max-width: 34rem; }
.markets { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; margin: 0 0 .7rem; padding: 0; list-style: none;
  font-size: .875rem; color: var(--muted); }
.block .block { margin-top: 2.25rem; }
.block .choices + .panels > * > .switch { margin-top: 0; }
`;
