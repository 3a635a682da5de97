import { element } from './dom';

export interface TextFieldOptions {
  readonly label: string;
  readonly value: string;
  /** Shown while it is empty. */
  readonly placeholder?: string;
  readonly onInput?: (text: string) => void;
  /** Enter was pressed. */
  readonly onEnter?: (text: string) => void;
}

/** A line of text; a box of the browser's own, as the search box. */
export function textField({ label, value, placeholder, onInput, onEnter }: TextFieldOptions): HTMLInputElement {
  const node = element('input', {
    type: 'text',
    class: 'text-field',
    'aria-label': label,
    placeholder,
    spellcheck: 'false',
  });
  node.value = value;
  node.addEventListener('input', () => onInput?.(node.value));
  node.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.isComposing) return;
    event.preventDefault();
    onEnter?.(node.value);
  });
  return node;
}

/** Lines of text. */
export function textArea({ label, value, placeholder, onInput }: TextFieldOptions): HTMLTextAreaElement {
  const node = element('textarea', { class: 'text-field', rows: 3, 'aria-label': label, placeholder });
  node.value = value;
  node.addEventListener('input', () => onInput?.(node.value));
  return node;
}

export interface NumberFieldOptions {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  /** Told whole numbers within the limits only. */
  readonly onChange: (value: number) => void;
}

export function numberField({ label, value, min, max, onChange }: NumberFieldOptions): HTMLInputElement {
  const node = element('input', { type: 'number', class: 'text-field number', 'aria-label': label, min, max, step: 1 });
  node.value = String(value);
  node.addEventListener('input', () => {
    const given = Number(node.value);
    if (Number.isInteger(given) && given >= min && given <= max) onChange(given);
  });
  return node;
}
