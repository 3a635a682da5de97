import { InputError } from '../../shared/errors';
import type { Setting } from '../../shared/vocabulary';
import type { DatasetItem } from './dataset';

export const promptStyles = ['plain', 'authors'] as const;
export type PromptStyle = (typeof promptStyles)[number];

/** The authors' words before every question (github.com/xirui-li/Frankenstein, scripts/transferability_test.py). */
const authorsPrefix = 'Please solve the problem step by step and put your answer in one "\\boxed{}".\n\n';

/**
 * The user message for an item. The same for every model: the authors chose their system prompt by the model's name
 * (notes on the paper, defect D11), here there is the checkpoint's own template and nothing else.
 * @throws InputError for the setting `description` of an item without one
 */
export function promptText(item: DatasetItem, setting: Setting, style: PromptStyle): string {
  const letters = item.choices.map((choice, i) => `${choiceLetter(i)}. ${choice}`);
  const choices = letters.length > 0 ? `\n\nChoices:\n${letters.join('\n')}` : '';
  return (style === 'authors' ? authorsPrefix : '') + asked(item, setting) + choices;
}

function asked({ id, question, description }: DatasetItem, setting: Setting): string {
  if (setting !== 'description') return question;
  if (description === null) throw new InputError(`item "${id}" has no description`);
  return `Image Description:\n${description}\n\nQuestion:\n${question}`;
}

/** A, B, …, Z. */
export function choiceLetter(index: number): string {
  return String.fromCharCode('A'.charCodeAt(0) + index);
}
