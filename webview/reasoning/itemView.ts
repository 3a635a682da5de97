import type { ReasoningItem } from '../../src/shared/protocol/reasoning';
import { element, icon } from '../kit/dom';
import type { Selection } from './view';
import { layerTitle, nats, signedNats } from './wording';

type Side = ReasoningItem['baseline'];

/** An answer longer than this scrolls in its box. */
const longAnswer = 600;

/** One item: what was asked, what is right, and the two answers side by side. */
export function itemView(item: ReasoningItem, selection: Selection): HTMLElement {
  const { id, question, gold, image, baseline, ablated } = item;
  return element(
    'li',
    { class: 'item' },
    element('p', { class: 'item-title' }, element('span', { class: 'item-id' }, id), change(item)),
    image !== null && picture(id, image),
    question !== null && element('p', { class: 'question' }, question),
    gold !== null &&
      element('p', {}, element('span', { class: 'muted' }, 'Right answer: '), element('strong', {}, gold)),
    element(
      'div',
      { class: 'sides' },
      side('Baseline', baseline, null),
      side(`${sentenceCase(layerTitle(selection))} identity`, ablated, baseline.logLikelihood),
    ),
  );
}

/** @param before the log-likelihood that it is compared with */
function side(title: string, { text, correct, logLikelihood }: Side, before: number | null): HTMLElement {
  return element(
    'div',
    { class: 'side' },
    element('p', { class: 'side-title' }, element('strong', {}, title), verdict(correct)),
    text !== null && answer(title, text),
    logLikelihood !== null && element('p', { class: 'muted' }, likelihoodText(logLikelihood, before)),
  );
}

function verdict(correct: boolean | null): HTMLElement | null {
  if (correct === null) return null;
  const [name, text] = correct ? ['check', 'right'] : ['close', 'wrong'];
  return element('span', { class: `verdict ${text}` }, icon(name!), text!);
}

function answer(title: string, text: string): HTMLElement {
  if (text.trim() === '') return element('p', { class: 'answer muted' }, '(empty)');
  const scrolls = text.length > longAnswer;
  // What scrolls has to be reached by the keyboard.
  const reach = scrolls ? { tabindex: 0, role: 'region', 'aria-label': `Answer, ${title}` } : {};
  return element('div', { class: 'answer', ...reach }, text);
}

function likelihoodText(logLikelihood: number, before: number | null): string {
  const text = `Log-likelihood ${nats(logLikelihood)}`;
  return before === null ? text : `${text} (${signedNats(logLikelihood - before)})`;
}

function change({ baseline, ablated }: ReasoningItem): HTMLElement | null {
  if (baseline.correct === null || ablated.correct === null) return null;
  const badge = (name: string, text: string, kind: string) =>
    element('span', { class: `badge ${kind}` }, icon(name), text);
  if (baseline.correct === ablated.correct) return badge('dash', 'same verdict', 'weak');
  return ablated.correct ? badge('arrow-up', 'gained', 'strong') : badge('arrow-down', 'lost', 'strong');
}

function picture(id: string, address: string): HTMLElement {
  const image = element('img', { class: 'picture', src: address, alt: `Image of ${id}`, loading: 'lazy' });
  image.addEventListener('error', () =>
    image.replaceWith(element('div', { class: 'picture missing' }, icon('file-media'), 'The file is gone')),
  );
  return image;
}

function sentenceCase(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}
