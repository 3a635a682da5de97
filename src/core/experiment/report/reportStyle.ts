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
small, figcaption, caption, .label, .soft { color: var(--soft); }
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
.dots { fill: none; stroke: var(--series); stroke-width: 3; stroke-linecap: round; stroke-opacity: 0.35; }
.line { fill: none; stroke: var(--series); stroke-width: 2; }
.band { fill: var(--series); opacity: 0.14; }
.point { fill: var(--series); stroke: var(--page); stroke-width: 1; }
.point.marked { stroke: var(--text); stroke-width: 1.5; }
.reference { stroke: var(--text); stroke-width: 1.2; stroke-dasharray: 6 4; }
.reference-band { fill: var(--text); opacity: 0.09; }
.bar { fill: var(--series); } .bar.hollow { fill: var(--page); stroke: var(--series); stroke-width: 2; }
.whisker { fill: none; stroke: var(--text); stroke-width: 1.3; }
.floor { stroke: var(--text); stroke-width: 2; stroke-dasharray: 2 3; }
.halo { fill: none; stroke: var(--page); stroke-width: 3.6; }
.soft { font-size: 13px; } .wide { max-width: 100%; overflow-x: auto; } .wide td, .wide thead th { white-space: nowrap; }
.flow { display: flex; flex-wrap: wrap; gap: 0 32px; }
h4 { margin: 12px 0 4px; font-size: 14px; font-weight: 500; }
dl { margin: 0 0 0 16px; font-size: 13px; } dt { color: var(--soft); } dd { margin: 0 0 6px 16px; white-space: pre-wrap; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 4px 0; padding: 0 0 0 52px; list-style: none; font-size: 13px; }
.legend svg { width: 28px; height: 10px; margin-right: 6px; }
.series-0 { --series: var(--series-0); } .series-1 { --series: var(--series-1); } .series-2 { --series: var(--series-2); }
.series-3 { --series: var(--series-3); } .series-4 { --series: var(--series-4); } .series-5 { --series: var(--series-5); }
@page { margin: 14mm; }
@media print {
  details > *, details::details-content { display: block; content-visibility: visible; }
  main { max-width: none; padding: 0; }
  .wide, details { overflow: visible; } .tables { display: block; }
  figure, tr, li, dd { break-inside: avoid; } h2, h3, h4, caption { break-after: avoid; }
  svg, .note { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
