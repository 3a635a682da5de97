/** The page's own style: light or dark as the reader's system is. Series colours are apart for colour-blind eyes too. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --text: #1f2328; --soft: #59636e; --page: #ffffff; --edge: #d1d9e0; --note: #fff8c5;
  --region-0: #0072b20f; --region-1: #00000005; --region-2: #d55e0010;
  --series-0: #0072b2; --series-1: #d55e00; --series-2: #007a5a; --series-3: #a8479a; --series-4: #946200; --series-5: #4d4d4d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --text: #e6edf3; --soft: #9ba5b0; --page: #0d1117; --edge: #3d444d; --note: #3b2f05;
    --region-0: #56b4e91a; --region-1: #ffffff05; --region-2: #e69f001a;
    --series-0: #56b4e9; --series-1: #ff8a4c; --series-2: #33c79b; --series-3: #e292cf; --series-4: #e8c34a; --series-5: #c2c8ce;
  }
}
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 900px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 26px; } h2 { font-size: 20px; margin-top: 40px; border-bottom: 1px solid var(--edge); } h3 { font-size: 16px; }
small, figcaption, caption, .label { color: var(--soft); }
a { color: var(--series-0); }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; list-style: none; }
.note { background: var(--note); border: 1px solid var(--edge); border-radius: 6px; padding: 8px 12px; }
figure { margin: 16px 0; } figure > svg { width: 100%; height: auto; display: block; }
figcaption, caption { font-size: 13px; } caption { text-align: left; font-weight: 600; padding: 4px 0; }
table { border-collapse: collapse; font-size: 13px; font-variant-numeric: tabular-nums; margin: 12px 0; }
th, td { padding: 2px 12px 2px 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--edge); }
th { font-weight: 500; } th[scope=row]:first-child, .fields td { text-align: left; overflow-wrap: anywhere; }
thead th:first-child { text-align: left; }
.fields th { white-space: nowrap; color: var(--soft); }
details { margin: 8px 0; overflow-x: auto; } summary { cursor: pointer; }
code { font: 12px ui-monospace, monospace; }
.tables { display: grid; align-items: start; grid-template-columns: repeat(auto-fill, minmax(380px, 1fr)); gap: 8px 32px; }
.label { font: 12px system-ui, sans-serif; fill: var(--soft); }
.grid { stroke: var(--edge); stroke-width: 1; }
.region-0 { fill: var(--region-0); } .region-1 { fill: var(--region-1); } .region-2 { fill: var(--region-2); }
.line { fill: none; stroke: var(--series); stroke-width: 2; }
.band { fill: var(--series); opacity: 0.14; }
.point { fill: var(--series); stroke: var(--page); stroke-width: 1; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 4px 0; padding: 0 0 0 52px; list-style: none; font-size: 13px; }
.legend svg { width: 28px; height: 10px; margin-right: 6px; }
.series-0 { --series: var(--series-0); } .series-1 { --series: var(--series-1); } .series-2 { --series: var(--series-2); }
.series-3 { --series: var(--series-3); } .series-4 { --series: var(--series-4); } .series-5 { --series: var(--series-5); }
@media print { details > * { display: block; } }
`;
