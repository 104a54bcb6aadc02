/** Charts take every colour from the theme, so they follow the reader's scheme. */
export const charts = `
figure { margin: 0; min-width: 0; }
figcaption { color: var(--muted); font-size: .875rem; margin: 0 0 .8rem; max-width: 52em; }
svg { display: block; overflow: visible; }
svg text { fill: var(--muted); font-size: 12px; font-family: inherit; }
.grid { stroke: var(--line); stroke-width: 1; }
.zero { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 3 3; }
.panels-grid { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 15.5rem), 1fr));
  gap: 1rem; }
.card { border: 1px solid var(--line); border-radius: 10px; background: var(--card);
  padding: .8rem 1rem .6rem .6rem; min-width: 0; }
.card h4 { margin: 0 0 .4rem .4rem; font-size: .9375rem; font-weight: 620; }
.curve { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: butt; }
.curve.strong { stroke-width: 2.75; }
.key { display: inline-block; width: .8rem; height: .6rem; border-radius: 2px; margin-right: .35rem; }
.legend { display: flex; flex-wrap: wrap; gap: .35rem 1.2rem; margin: 0 0 1rem; padding: 0; border: 0;
  font-size: .9375rem; }
.legend label { display: inline-flex; align-items: center; gap: .45rem; cursor: pointer; min-height: 1.75rem; }
.legend input { accent-color: var(--accent); margin: 0; }
@media print { .legend input { display: none; } .card { border-color: #ccc; } }
`;
