/** The page's style sheet: light and dark, wide tables that scroll by themselves. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1c2024; --paper: #fff; --line: #c9d0d6; --head: #eef1f4; --link: #0b5ca0; --note: #fff6dc; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8ebee; --paper: #14171a; --line: #3a4249; --head: #20262b; --link: #7cbcff; --note: #3a3216; } }
body { font: 15px/1.45 system-ui, "Liberation Sans", Arial, sans-serif; color: var(--ink); background: var(--paper); margin: 0; }
main { padding: 1rem 1.5rem 3rem; }
h1 { font-size: 1.6rem; margin: 0.5rem 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 1px; }
.scroll { overflow-x: auto; margin: 0.5rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: 0.25rem 0.6rem; text-align: left; vertical-align: top; }
td { white-space: nowrap; }
th { background: var(--head); font-weight: 600; white-space: nowrap; }
.notice { background: var(--note); border: 1px solid var(--line); padding: 0.5rem 1rem; margin: 1rem 0; }
.one { display: inline-block; margin: 0; }
button, input, select { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 3px; padding: 0.15rem 0.5rem; }
button { cursor: pointer; }
.glance tr > :first-child { font-weight: 500; }
.glance td:nth-child(2) { min-width: 16rem; white-space: normal; }
.glance td:nth-child(3) { min-width: 12rem; }
svg { display: inline-block; vertical-align: middle; margin-right: 0.5rem; color: var(--link); }
h2:focus-visible { outline-offset: 4px; }
@media (max-width: 45rem) {
  main { padding: 0.5rem 0.75rem 2rem; }
  .glance th, .glance td { white-space: normal; overflow-wrap: anywhere; padding: 0.25rem; }
  .glance td:nth-child(2) { min-width: 6rem; }
  .glance tr > :nth-child(3) { display: none; }
}
`;
