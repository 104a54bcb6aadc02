/** The answer on top, the list of questions, and the sentence that each section begins with. */
export const questions = `
.brand .theme { margin-left: auto; }
button.theme { font: inherit; font-size: .875rem; min-height: 2.25rem; padding: .2rem .9rem; cursor: pointer;
  color: var(--ink); background: var(--card); border: 1px solid var(--even); border-radius: 999px; }
button.theme[aria-pressed=true] { background: var(--ink); color: var(--paper); }
.questions { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr)); gap: .9rem 1.6rem;
  margin: 0; padding: .4rem 0; list-style: none; font-size: .9375rem; }
.questions a { font-weight: 620; }
.questions span { display: block; color: var(--muted); font-size: .875rem; line-height: 1.4; margin-top: .1rem; }
.answer { font-size: 1.125rem; line-height: 1.5; max-width: 46em; margin: 0 0 1.5rem; }
.verdict { display: grid; grid-template-columns: minmax(0, 1fr); gap: 1.5rem; margin-top: 2rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 13rem), 1fr)); gap: 0;
  border: 1px solid var(--line); border-radius: 12px; background: var(--card); overflow: hidden; }
.figures > div { padding: 1rem 1.2rem; box-shadow: 1px 1px 0 var(--line); }
.figures dt { font-size: .875rem; color: var(--muted); }
.figures dd { margin: .15rem 0 0; font-size: 1.6rem; font-weight: 680; letter-spacing: -.01em; line-height: 1.2; }
.figures dd small { display: block; margin-top: .3rem; font-size: .875rem; font-weight: 400; letter-spacing: 0;
  line-height: 1.4; color: var(--muted); }
.figures .better dd { color: var(--better); } .figures .worse dd { color: var(--worse); }
dl.figures { margin: 2rem 0 0; }
.fold { margin: .4rem 0 1.25rem; }
.fold > .scroll, .fold > .switch { margin-top: .4rem; }
button.sort { font: inherit; color: inherit; background: none; border: 0; padding: .2rem 0; margin: -.2rem 0;
  cursor: pointer; text-align: inherit; overflow-wrap: inherit; max-width: 100%; }
button.sort:hover { color: var(--ink); text-decoration: underline; }
button.sort::after { content: " ↕"; opacity: .55; font-size: .85em; }
th[aria-sort] button.sort { color: var(--ink); }
th[aria-sort=ascending] button.sort::after { content: " ↑"; opacity: 1; }
th[aria-sort=descending] button.sort::after { content: " ↓"; opacity: 1; }
.checks { list-style: none; margin: 0 0 1.5rem; padding: 0; border: 1px solid var(--line); border-radius: 10px;
  background: var(--card); }
.checks > li { display: grid; grid-template-columns: 9.5rem minmax(0, 1fr); gap: .2rem 1rem; padding: .8rem 1.1rem;
  border-top: 1px solid var(--line); }
.checks > li:first-child { border-top: 0; }
.checks .state { font-weight: 640; font-size: .9375rem; }
.checks .found .state { color: var(--worse); }
.checks .clear .state { color: var(--better); }
.checks .unknown .state { color: var(--muted); }
.checks p { margin: 0; max-width: 50em; }
.checks .looked { color: var(--muted); font-size: .875rem; margin-top: .2rem; }
.checks ul { margin: .3rem 0 0; padding-left: 1.1rem; max-width: 50em; }
@media (max-width: 40rem) { .checks > li { grid-template-columns: 1fr; } .figures dd { font-size: 1.4rem; } }
@media print { button.theme { display: none; } button.sort::after { content: none; } .answer { font-size: 11pt; }
  .figures dd { font-size: 14pt; } }
`;
