import { cssVariables, dark, light } from '../charts/theme.ts';

/** The page's style sheet. Colours come from the charts' themes, so that page and pictures agree. */
export const style = `
:root { color-scheme: light dark; ${cssVariables(light)} --surface: #f5f7f9; --link: #0b5ca0; }
@media (prefers-color-scheme: dark) {
  :root { ${cssVariables(dark)} --surface: #1b2025; --link: #7cbcff; }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif;
  color: var(--ink); background: var(--background); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: 0.5rem 1rem; background: var(--background); z-index: 1; }
.skip:focus { top: 0.5rem; }
.page { max-width: 62rem; margin: 0 auto; padding: 0 1.5rem; }
header.page { padding-top: 2.5rem; padding-bottom: 0.5rem; }
footer.page { padding-top: 1rem; padding-bottom: 3rem; color: var(--muted); font-size: 0.875rem; }
h1 { font-size: 1.875rem; line-height: 1.2; margin: 0 0 0.5rem; letter-spacing: -0.01em; overflow-wrap: anywhere; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 3rem 0 0.75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.75rem 0 0.5rem; overflow-wrap: anywhere; }
p { margin: 0 0 0.75rem; max-width: 46rem; }
.lead { font-size: 1.0625rem; }
.warning { border-left: 4px solid var(--unclear); padding: 0.25rem 0 0.25rem 0.75rem; }
.meta { color: var(--muted); font-size: 0.875rem; overflow-wrap: anywhere; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0 0; }
nav a { display: inline-block; padding: 0.25rem 0; }
ul.sentences + .scroll { margin-top: 1.75rem; }
ul.sentences { list-style: none; padding: 0; margin: 0; max-width: 52rem; }
ul.sentences li { padding: 0.3rem 0 0.3rem 1.6rem; position: relative; overflow-wrap: anywhere; }
ul.sentences .sign { position: absolute; left: 0; }
.scroll { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding: 0 0 0.5rem; white-space: nowrap; }
th, td { padding: 0.4rem 1.1rem 0.4rem 0; text-align: right; vertical-align: top; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
thead th { font-weight: 600; border-bottom: 2px solid var(--line); vertical-align: bottom; }
tbody th { font-weight: 500; }
tbody td, tbody th { border-bottom: 1px solid var(--line); }
th:first-child, td.text, th.text { text-align: left; }
td.prose { white-space: normal; min-width: 18rem; text-align: left; }
small { display: block; color: var(--muted); font-size: 0.8125rem; font-weight: 400; }
.better, .met { color: var(--better); }
.worse, .missed { color: var(--worse); }
.unclear, .no-data { color: var(--unclear); }
.equivalent { color: var(--equivalent); }
.different { color: var(--different); }
.verdict { font-weight: 600; }
.fill { display: inline-block; width: 6rem; height: 0.65rem; margin-left: 0.6rem; background: var(--line); position: relative; }
.fill i { position: absolute; left: 0; top: 0; bottom: 0; background: var(--series-0); }
.fill b { position: absolute; top: -0.2rem; bottom: -0.2rem; width: 2px; margin-left: -1px; background: var(--ink); }
figure { margin: 0 0 2.5rem; }
figure svg { display: block; max-width: 100%; height: auto; }
figure .narrow { display: none; }
figcaption { color: var(--muted); font-size: 0.875rem; margin: 0.25rem 0 0.5rem; max-width: 46rem; }
details { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; color: var(--link); }
details[open] > summary { margin-bottom: 0.5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 1.5rem; margin: 0 0 1.25rem; }
dt { color: var(--muted); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font-family: ui-monospace, SFMono-Regular, Menlo, "Liberation Mono", monospace; font-size: 0.9em; }
@media (max-width: 44rem) {
  .page { padding-left: 1rem; padding-right: 1rem; }
  figure .wide { display: none; }
  figure .narrow { display: block; }
  dl { grid-template-columns: 1fr; gap: 0; }
  dd { margin-bottom: 0.6rem; }
}
@media print {
  :root { color-scheme: light; ${cssVariables(light)} --surface: #fff; --link: #1c2024; }
  .skip, nav { display: none; }
  .page { max-width: none; padding: 0; }
  h2, h3, figcaption { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  figure .wide { display: block; }
  figure .narrow { display: none; }
  .scroll { overflow: visible; }
}
`;
