/** The curves as a table for other programs: RFC 4180, a header, one line per run, function and layer. No DOM. */
import type { ProbeState } from '../../src/shared/protocol/probe';

const columns = [
  'run',
  'checkpoint',
  'mode',
  'function',
  'layer',
  'n',
  'changed',
  'rate',
  'low',
  'high',
  'adopted',
  'adoptedRate',
];

/** Rates and their 95 % Wilson bounds in full precision; points without pairs have no rate and no line. */
export function curvesCsv(state: ProbeState): string {
  const lines = state.runs.flatMap(({ id, checkpoint, mode, curves }) =>
    curves.flatMap((curve) =>
      curve.points
        .filter(({ n }) => n > 0)
        .map(({ layer, n, changed, rate, low, high, adopted, adoptedRate }) =>
          [id, checkpoint, mode, curve.function, layer, n, changed, rate, low, high, adopted, adoptedRate].map(field),
        ),
    ),
  );
  return [columns, ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}

/**
 * A field; text that a spreadsheet would run as a formula (OWASP, CSV injection) is kept text by an apostrophe: names
 * of checkpoints come from files that others write.
 */
function field(value: string | number): string {
  const text = typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
