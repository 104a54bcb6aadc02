/** What an audit's page adds to the report's style sheet. */
export const auditStyle = `
.chance { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 3 3; }
.loss-curve { stroke: var(--s0); } .ratio-curve { stroke: var(--s1); stroke-width: 2.25; }
.key.loss { background: var(--s0); } .key.ratio { background: var(--s1); }
.key.bound { background: var(--s1); } .key.promise { background: var(--s2); }
.bound { stroke: var(--s1); stroke-width: 6; } .bound-end { fill: var(--s1); }
.promise { stroke: var(--s2); stroke-width: 3; }
#canaries figure { max-width: 36rem; padding: 1rem; }
#canaries td.text { min-width: 11rem; }
#membership td.text { min-width: 8.5rem; }
.refuted .promise { stroke: var(--ink); }
.refuted .bound { stroke: var(--worse); } .refuted .bound-end { fill: var(--worse); }
.refuted th, .refuted td { color: var(--worse); font-weight: 700; }
`;
