/** JSON as Python's `json.dumps` writes it, for the authors' scripts: a float stays one, NaN and Infinity are bare. */

/** Values that JSON has, and NaN and Infinity. */
export type PythonValue =
  string | number | boolean | null | readonly PythonValue[] | { readonly [key: string]: PythonValue };

/** @param options.integers names of the fields that hold whole numbers (or lists of them); all others hold floats */
export function pythonJson(
  value: PythonValue,
  options: { readonly indent: number | null; readonly integers: readonly string[] },
): string {
  return write(value, false, '', options);
}

type Options = Parameters<typeof pythonJson>[1];

function write(value: PythonValue, whole: boolean, margin: string, options: Options): string {
  if (typeof value === 'number') return whole ? String(value) : pythonFloat(value);
  if (value === null || typeof value !== 'object') return asciiText(JSON.stringify(value));
  const { indent, integers } = options;
  const inner = indent === null ? '' : margin + ' '.repeat(indent);
  const isList = Array.isArray(value);
  const members = isList
    ? (value as readonly PythonValue[]).map((item) => write(item, whole, inner, options))
    : Object.entries(value).map(
        ([key, item]) => `${asciiText(JSON.stringify(key))}: ${write(item, integers.includes(key), inner, options)}`,
      );
  const [open, close] = isList ? '[]' : '{}';
  if (members.length === 0) return `${open}${close}`;
  if (indent === null) return `${open}${members.join(', ')}${close}`;
  return `${open}\n${members.map((member) => inner + member).join(',\n')}\n${margin}${close}`;
}

/** `repr(float)`: as few digits as tell it apart, like JavaScript's, with exponents below 1e-4 and from 1e16 on. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const [digits, exponent] = value.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (power < -4 || power >= 16) {
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  // JavaScript writes this range without an exponent too, but for 1e-5 and below, which is not in it.
  const plain = String(value);
  return plain.includes('.') ? plain : `${plain}.0`;
}

/** Characters beyond ASCII as `\uXXXX`, which is what Python does unless it is told otherwise. */
function asciiText(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
