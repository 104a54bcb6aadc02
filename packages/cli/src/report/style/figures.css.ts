/** Figures with a live picture, their controls, and the box under the pointer. */
export const figures = `
.chart { padding: 1rem 1.1rem .9rem; margin: 0 0 1.25rem; }
.chart figcaption { margin-bottom: .7rem; }
.chart .picture { position: relative; min-width: 0; overflow: hidden; }
.chart .picture > svg { width: 100%; height: auto; }
.chart .live { position: absolute; inset: 0; }
.chart .summary { margin: .7rem 0 0; font-size: .875rem; color: var(--muted); max-width: 62em; }
.chart .legend { margin: 0 0 .6rem; font-size: .875rem; }
.chart .legend .key { margin: 0; }
.controls { display: flex; flex-wrap: wrap; gap: .6rem .9rem; align-items: end; margin: 0 0 .9rem; }
.controls label { display: grid; gap: .15rem; font-size: .8125rem; color: var(--muted); }
.controls label[hidden] { display: none; }
.controls select, .controls input { font: inherit; font-size: .9375rem; min-height: 2.25rem; max-width: 100%;
  padding: .2rem .6rem; color: var(--ink); background: var(--card); border: 1px solid var(--even);
  border-radius: 8px; }
.controls input { width: 11rem; }
.controls output { font-size: .8125rem; color: var(--muted); padding-bottom: .55rem; }
html:not([data-scripted]) :is(.controls, .chart .legend input, button.theme) { display: none; }
.tip { display: grid; gap: .1rem; max-width: 19rem; white-space: normal; line-height: 1.4; }
.tip .key { width: .6rem; }
@media (max-width: 40rem) {
  .chart { padding: .8rem .7rem .7rem; }
  .controls label { flex: 1 1 9rem; min-width: 0; }
  .controls select, .controls input { width: 100%; }
}
@media print { .controls, .chart .legend input { display: none; } .chart { break-inside: avoid; } }
`;
