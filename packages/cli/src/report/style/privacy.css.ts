/** Curves of epsilon, and what methods are worth at what promise. */
export const privacy = `
.chart-card { padding: 1rem 1.2rem .8rem .6rem; max-width: 52rem; }
@media (max-width: 40rem) { .chart-card { padding-right: .8rem; } .chart-card svg text { font-size: 18px; }
  .chart-card .curve, .own-whisker { stroke-width: 3; } }
.key.dashed-key { height: 0; border-top: 2px dashed; border-radius: 0; vertical-align: middle; }
.own-whisker { stroke: var(--own); stroke-width: 2; }
.own-dot { fill: var(--own); stroke: var(--card); stroke-width: 1.5; }
#privacy .chips { margin: 0 0 1rem; }
#privacy .columns { gap: 1.5rem 2.5rem; }
#privacy .panels .block { margin-top: 1.75rem; }
`;
