/** Brings the ways in which answers are written to one: LaTeX without layout, ASCII signs, no delimiters. */

const signs: readonly (readonly [RegExp, string])[] = [
  [/[−–—]/g, '-'],
  [/×/g, '\\times '],
  [/[·⋅]/g, '\\cdot '],
  [/÷/g, '/'],
  [/π/g, '\\pi '],
  [/θ/g, '\\theta '],
  [/∞/g, '\\infty '],
  [/√\s*(?=[{\d])/g, '\\sqrt '],
  [/√\s*\(([^()]*)\)/g, '\\sqrt{$1}'],
  [/√/g, '\\sqrt '],
  [/≤|⩽|<=|\\leq?(?:slant)?(?![a-zA-Z])/g, '\\le '],
  [/≥|⩾|>=|\\geq?(?:slant)?(?![a-zA-Z])/g, '\\ge '],
  [/≠|!=|\\neq?(?![a-zA-Z])|\\not\s*=/g, '\\ne '],
  [/≈|\\approx(?![a-zA-Z])/g, '\\approx '],
  [/\\lt(?![a-zA-Z])/g, '<'],
  [/\\gt(?![a-zA-Z])/g, '>'],
  [/∪|\\bigcup(?![a-zA-Z])/g, '\\cup '],
  [/∈/g, '\\in '],
  [/±/g, '\\pm '],
  [/∓/g, '\\mp '],
  [/∅|\\varnothing(?![a-zA-Z])/g, '\\emptyset '],
  [/°|\\degrees?(?![a-zA-Z])|\^\s*\{\s*\\circ\s*\}|\^\s*\\circ(?![a-zA-Z])/g, '^\\circ '],
  [/²/g, '^2'],
  [/³/g, '^3'],
  [/½/g, '\\frac{1}{2}'],
  [/¼/g, '\\frac{1}{4}'],
  [/¾/g, '\\frac{3}{4}'],
];

const layout: readonly (readonly [RegExp, string])[] = [
  [/,\\!\s*|\{\s*,\s*\}/g, ''],
  [/\\[()[\]]/g, ' '],
  [/\\[$]|[$€£]/g, ' '],
  [/\\%/g, '%'],
  [/\\(?:displaystyle|textstyle|limits|left|right|[bB]igg?[lrm]?)(?![a-zA-Z])\.?/g, ''],
  [/\\(?:quad|qquad|enspace|thinspace)(?![a-zA-Z])|\\[,;:! ]|~/g, ' '],
  [/\\[dtc]frac(?![a-zA-Z])/g, '\\frac'],
  [/\\lbrace(?![a-zA-Z])/g, '\\{'],
  [/\\rbrace(?![a-zA-Z])/g, '\\}'],
  [/\\l?vert(?![a-zA-Z])|\\rvert(?![a-zA-Z])/g, '|'],
  [/\\(?:mathrm|mathit|mathbf|mathsf|operatorname\*?|bm|boldsymbol)\s*\{([^{}]*)\}/g, ' $1 '],
  [/\*\*|`/g, ' '],
];

const percentWords = /(?<![a-z])per\s?cent(?:age)?(?![a-z])|(?<![a-z])pct(?![a-z])/gi;

/** Most answers: nothing in them is written in more than one way. */
const alreadyPlain = /^(?!.*(?:per|pct))[\w .,+-]*$/i;

/** LaTeX's boxes of words. */
export const wordBox = /\\(?:text|textbf|textit|textrm|textsf|textnormal|mbox|hbox)\s*\{([^{}]*)\}/;
const wordBoxes = new RegExp(wordBox, 'g');

/** An answer as the comparison reads it. Linear in the length of the text. */
export function plainNotation(text: string): string {
  if (alreadyPlain.test(text)) return trimPunctuation(text);
  // Two backslashes end a row of a matrix; elsewhere they are one that was escaped once more.
  const once = text.includes('\\begin') ? text : text.replace(/\\\\(?=[a-zA-Z{}])/g, '\\');
  const rows = once.split('\\\\').map((row) => {
    let cleaned = row;
    for (const [pattern, replacement] of layout) cleaned = cleaned.replace(pattern, replacement);
    for (const [pattern, replacement] of signs) cleaned = cleaned.replace(pattern, replacement);
    return cleaned;
  });
  return trimPunctuation(rows.join('\\\\').replace(percentWords, '%'));
}

/** A text in a box alone says that it is one: `\text{13}` is no number. Null for anything else. */
export function boxedWords(text: string): string | null {
  const match = new RegExp(`^${wordBox.source}$`).exec(text);
  return match ? match[1]!.trim() : null;
}

/** `5\text{ cm}` → `5 cm`. */
export function withoutWordBoxes(text: string): string {
  return text.replace(wordBoxes, ' $1 ').replace(/\s+/g, ' ').trim();
}

/** For comparing words: without case, boxes, quotes, brackets around the whole and punctuation at its ends. */
export function plainWords(text: string): string {
  const words = withoutWordBoxes(plainNotation(text))
    .toLowerCase()
    .replace(/["'“”‘’]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return trimPunctuation(/^\(([a-z])\)$/.exec(words)?.[1] ?? words);
}

function trimPunctuation(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\r\n.,;:!?'.includes(text[end - 1]!)) end--;
  let start = 0;
  while (start < end && ' \t\r\n,;:'.includes(text[start]!)) start++;
  const isFactorial =
    text[end] === '!' && /(?:[\d)}]|(?:^|[^a-zA-Z])[a-z])$/.test(text.slice(Math.max(0, end - 2), end));
  return text.slice(start, isFactorial ? end + 1 : end);
}
