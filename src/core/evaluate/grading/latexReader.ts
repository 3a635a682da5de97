import type { MathJsonExpression } from '@cortex-js/compute-engine/latex-syntax';

/** An expression as MathJSON, not brought to any normal form: numbers, names, and [head, ...operands]. */
export type Expression = MathJsonExpression;

/** Reads LaTeX. Null for what it cannot read, and for what it might take too long over. */
export type LatexReader = (latex: string) => Expression | null;

/** Characters: the right answers of the known data sets stay below 300. */
const lengthLimit = 1000;
const depthLimit = 40;
/** The parser tries every pairing of bars: its time doubles with each. */
const barLimit = 8;

let reader: Promise<LatexReader> | undefined;

/** Loads the parser, which takes a tenth of a second, when an answer first needs it. */
export function latexReader(): Promise<LatexReader> {
  return (reader ??= import('@cortex-js/compute-engine/latex-syntax').then(({ LatexSyntax }) => {
    const syntax = new LatexSyntax();
    return (latex) => {
      if (latex.trim() === '' || isTooMuch(latex)) return null;
      try {
        const expression = syntax.parse(plainToLatex(latex));
        return expression === null || hasError(expression) ? null : expression;
      } catch {
        return null; // a stranger's text that the parser stumbles over
      }
    };
  }));
}

/** Operands of a function; none for a number or a name. */
export function operandsOf(expression: Expression): readonly Expression[] {
  if (Array.isArray(expression)) return expression.slice(1) as Expression[];
  return typeof expression === 'object' && 'fn' in expression ? (expression.fn.slice(1) as Expression[]) : [];
}

export function headOf(expression: Expression): string | null {
  if (Array.isArray(expression)) return String(expression[0]);
  return typeof expression === 'object' && 'fn' in expression ? String(expression.fn[0]) : null;
}

function isTooMuch(latex: string): boolean {
  if (latex.length > lengthLimit) return true;
  let [depth, deepest, bars] = [0, 0, 0];
  for (const character of latex) {
    if ('({['.includes(character)) deepest = Math.max(deepest, ++depth);
    else if (')}]'.includes(character)) depth--;
    else if (character === '|') bars++;
  }
  const nested = (latex.match(/\\sqrt|\\frac|\^|_/g) ?? []).length;
  return deepest > depthLimit || bars > barLimit || nested > 2 * depthLimit;
}

const functionNames = 'arcsin|arccos|arctan|sinh|cosh|tanh|sin|cos|tan|cot|sec|csc|log|ln|exp|sqrt|pi|infinity|theta';
const bareFunctions = new RegExp(`(?<![\\\\a-zA-Z])(?:${functionNames})(?![a-zA-Z])`, 'g');

/** What people write in plain text where LaTeX has something else: sqrt(2), x^10, x^(1/2), 2**3. */
function plainToLatex(text: string): string {
  return text
    .replace(bareFunctions, (name) => (name === 'infinity' ? '\\infty ' : `\\${name} `))
    .replace(/\\(sin|cos|tan)\s*\^\s*(?:\{\s*-1\s*\}|\(-1\))/g, '\\arc$1 ')
    .replace(/\\sqrt\s*\(([^()]*)\)/g, '\\sqrt{$1}')
    .replace(/\*\*/g, '^')
    .replace(/\^\s*\(([^()]*)\)/g, '^{$1}')
    .replace(/\^\s*(-?\d+(?:\.\d+)?)/g, '^{$1}')
    .replace(/\*/g, '\\cdot ');
}

function hasError(expression: Expression): boolean {
  return headOf(expression) === 'Error' || operandsOf(expression).some(hasError);
}
