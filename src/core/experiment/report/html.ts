/** HTML as text that is safe to put into HTML. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | readonly Html[];

/** Makes HTML; whatever is put into the template is escaped unless it is HTML itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: strings.reduce((made, text, i) => made + toText(parts[i - 1]!) + text) };
}

function toText(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeHtml(String(part));
  return 'html' in part ? part.html : part.map((one) => one.html).join('');
}

/** For text and for attributes in quotes. Characters that no HTML may hold become the replacement character. */
export function escapeHtml(text: string): string {
  return text
    .replace(/\p{Cc}/gu, (character) => (/[\t\n\r]/.test(character) ? character : '\ufffd'))
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
