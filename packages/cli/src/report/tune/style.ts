/** What a tune's page adds to the report's style sheet. */
export const tuneStyle = `
.trial { stroke: var(--card); stroke-width: 1; }
svg .failed { fill: var(--worse); font-size: 15px; }
.so-far { fill: none; stroke-width: 1.5; opacity: .55; }
.card h4 { overflow-wrap: anywhere; }
tr.top th, tr.top td { font-weight: 700; }
.wide-card { padding: 1rem 1.2rem .8rem .8rem; }
`;
