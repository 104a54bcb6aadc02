/** Type, spacing and the page's frame. */
export const page = `
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 400 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans",
    "Liberation Sans", Arial, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
.wrap { max-width: 70rem; margin: 0 auto; padding: 0 clamp(1rem, 4vw, 2.5rem); }
.brand { display: flex; align-items: center; gap: .6rem; padding-top: 1.5rem; color: var(--muted);
  font-size: .875rem; }
.brand svg { color: var(--accent); flex: none; }
.brand strong { color: var(--ink); font-weight: 650; letter-spacing: .01em; }
.hero { padding: clamp(2rem, 6vw, 4rem) 0 clamp(1.5rem, 4vw, 2.5rem); }
.eyebrow { margin: 0 0 .75rem; color: var(--muted); font-size: .9375rem; }
h1 { margin: 0; max-width: 24em; font-size: clamp(1.6rem, 1.05rem + 2.3vw, 2.6rem); line-height: 1.17;
  font-weight: 680; letter-spacing: -.018em; text-wrap: balance; }
h1 + .eyebrow { margin-top: 1rem; }
h2 { margin: 0 0 .35rem; font-size: clamp(1.25rem, 1.1rem + .6vw, 1.55rem); line-height: 1.25;
  font-weight: 660; letter-spacing: -.01em; }
h3 { margin: 0 0 .5rem; font-size: 1.0625rem; line-height: 1.35; font-weight: 640; }
p { margin: 0 0 1rem; max-width: 44em; }
.lead { color: var(--muted); margin-bottom: 1.5rem; }
.details { margin: 1.75rem 0 0; padding: 0; list-style: none; max-width: 46em; }
.details li { margin: 0 0 .6rem; padding-left: 1.1rem; position: relative; }
.details li::before { content: ""; position: absolute; left: 0; top: .7em; width: .5rem; height: 1px;
  background: var(--muted); }
a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: 1px; }
nav ul { display: flex; flex-wrap: wrap; gap: .35rem 1.4rem; margin: 0; padding: 0; list-style: none;
  font-size: .9375rem; }
nav { border-block: 1px solid var(--line); padding: .8rem 0; }
.section { padding: clamp(2.25rem, 6vw, 3.75rem) 0; border-bottom: 1px solid var(--line);
  scroll-margin-top: 1rem; }
.section > .block { margin-top: 2.25rem; }
footer { padding: 2rem 0 3rem; color: var(--muted); font-size: .875rem; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--card); padding: .5rem 1rem; z-index: 9; }
.sr { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden;
  clip-path: inset(50%); white-space: nowrap; }
.fine { color: var(--muted); font-size: .875rem; max-width: 52em; margin: .9rem 0 0; }
code, pre { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace;
  font-size: .875em; }
.chips { display: flex; flex-wrap: wrap; gap: .5rem; margin: 1.75rem 0 0; padding: 0; list-style: none; }
.chips li { display: inline-flex; align-items: baseline; gap: .5rem; padding: .3rem .8rem;
  border: 1px solid var(--line); border-radius: 999px; background: var(--card); font-size: .9375rem; }
.chips b { font-weight: 620; }
.chips .better { border-color: var(--better); background: var(--better-wash); }
.chips .worse { border-color: var(--worse); background: var(--worse-wash); }
.better .mark, .better .gain { color: var(--better); }
.worse .mark, .worse .gain { color: var(--worse); }
.even .mark, .even .gain { color: var(--even); }
.pairs { display: grid; grid-template-columns: minmax(8rem, 13rem) 1fr; gap: .7rem 1.5rem; margin: 0; }
.pairs dt { font-weight: 620; }
.pairs dd { margin: 0; max-width: 44em; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr));
  gap: 2.5rem; }
.columns > *, .section > * { min-width: 0; }
.notes { margin: 0; padding-left: 1.2rem; }
.notes li { margin-bottom: .35rem; }
details > summary { cursor: pointer; font-weight: 620; color: var(--accent); padding: .4rem 0; }
pre { margin: .75rem 0 0; padding: 1rem 1.2rem; background: var(--faint); border: 1px solid var(--line);
  border-radius: 8px; overflow: auto; max-height: 34rem; line-height: 1.5; }
@media (max-width: 40rem) {
  .pairs { grid-template-columns: 1fr; gap: .1rem; }
  .pairs dd { margin-bottom: .9rem; }
}
@media print {
  @page { margin: 16mm 14mm; }
  body { font-size: 9.5pt; }
  .wrap { max-width: none; padding: 0; }
  nav, .skip, .choices { display: none !important; }
  .section { padding: 1.2rem 0; }
  h2, h3, caption { break-after: avoid; }
  figure, .card, tr { break-inside: avoid; }
  pre { max-height: none; white-space: pre-wrap; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
