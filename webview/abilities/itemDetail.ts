import type { AbilitiesState, AbilityAnswer, AbilityItem } from '../../src/shared/protocol/abilities';
import { settings, type Setting } from '../../src/shared/vocabulary';
import { element, icon } from '../kit/dom';
import type { Theme } from '../kit/theme';
import type { Look } from './checkpointLooks';
import { namedSwatch } from './swatch';
import { abilityMeaning, settingTitles } from './wording';

export interface DetailContext {
  readonly ability: string;
  readonly state: AbilitiesState;
  readonly looks: ReadonlyMap<string, Look>;
  readonly theme: Theme;
}

/** One item: what was asked, and what every checkpoint answered in every setting. */
export function itemDetail(item: AbilityItem, context: DetailContext): HTMLElement {
  const { state, ability } = context;
  const meaning = abilityMeaning(ability);
  const asked = state.checkpoints.filter(({ name }) => item.answers.some(({ checkpoint }) => checkpoint === name));
  return element(
    'article',
    { class: 'item', 'aria-label': item.id },
    element(
      'p',
      { class: 'item-title' },
      element('strong', { class: 'item-id' }, item.id),
      item.category === null ? null : element('span', { class: 'badge' }, item.category),
    ),
    element('div', { class: 'asked' }, picture(item), question(item)),
    element('h3', {}, 'Answers'),
    meaning === null ? null : element('p', { class: 'muted' }, `It counts for a checkpoint that is ${meaning}.`),
    asked.length === 0 ? element('p', { class: 'muted' }, 'No checkpoint has answered it yet.') : null,
    element('ul', { class: 'answers' }, ...asked.map(({ name }) => answersOf(name, item, context))),
  );
}

function picture({ id, image }: AbilityItem): HTMLElement | null {
  if (image === null) return null;
  const node = element('img', { class: 'item-image', src: image, alt: `Image of ${id}` });
  node.addEventListener('error', () => {
    node.replaceWith(element('div', { class: 'item-image missing' }, icon('file-media'), 'The file is gone'));
  });
  return node;
}

function question({ question: text, choices, gold, description }: AbilityItem): HTMLElement {
  if (text === null) {
    const why = 'The question cannot be shown: the data set is gone, is others’, or is a parquet file.';
    return element('p', { class: 'muted' }, why);
  }
  const pairs: [string, Node | string | null][] = [
    ['Question', text],
    ['Choices', choices.length === 0 ? null : choiceList(choices)],
    ['Right answer', gold === null ? null : element('span', { class: 'gold' }, gold)],
    ['Description', description],
  ];
  const shown = pairs.filter(([, content]) => content !== null);
  return element(
    'dl',
    {},
    ...shown.flatMap(([name, content]) => [element('dt', {}, name), element('dd', {}, content)]),
  );
}

function choiceList(choices: readonly string[]): HTMLElement {
  return element('ol', { class: 'choices' }, ...choices.map((choice) => element('li', {}, choice)));
}

function answersOf(name: string, item: AbilityItem, { looks, theme }: DetailContext): HTMLElement {
  const own = item.answers.filter(({ checkpoint }) => checkpoint === name);
  const asked = settings.filter((setting) => own.some((answer) => answer.setting === setting));
  const counts = Object.hasOwn(item.right, name) ? item.right[name]! : null;
  return element(
    'li',
    { class: 'checkpoint-answers' },
    element(
      'p',
      { class: 'answers-title' },
      ...namedSwatch(name, looks.get(name)!, theme),
      counts === null
        ? element('span', { class: 'muted' }, 'not all answers yet')
        : verdict(counts, counts ? 'counts' : 'does not count'),
    ),
    element('div', { class: 'settings' }, ...asked.map((setting) => inSetting(setting, own))),
  );
}

function inSetting(setting: Setting, answers: readonly AbilityAnswer[]): HTMLElement {
  const own = answers.filter((answer) => answer.setting === setting);
  return element(
    'div',
    { class: 'setting' },
    element('p', { class: 'setting-title muted' }, settingTitles[setting]),
    ...own.map((answer) => oneAnswer(answer, own.length > 1)),
  );
}

function oneAnswer(
  { text, extracted, correct, truncated, sample, setting }: AbilityAnswer,
  several: boolean,
): HTMLElement {
  return element(
    'div',
    { class: 'answer' },
    element(
      'p',
      { class: 'answer-verdict' },
      several ? element('span', { class: 'muted' }, `${sample + 1}.`) : null,
      verdict(correct, correct ? 'right' : 'wrong', setting === 'black'),
      extracted === null ? element('span', { class: 'muted' }, 'no answer found') : element('code', {}, extracted),
      truncated ? element('span', { class: 'badge' }, icon('warning'), 'cut off at its limit') : null,
    ),
    text === '' ? element('p', { class: 'answer-text muted' }, '(empty)') : longText(text),
  );
}

/** Scrolls within its box, also by keyboard. */
function longText(text: string): HTMLElement {
  return element('pre', { class: 'answer-text', tabindex: text.length > 300 ? 0 : null }, text);
}

/** @param neutral it is neither good nor bad to be right: with a black image one should not be */
function verdict(right: boolean, word: string, neutral = false): HTMLElement {
  const judged = right ? 'right' : 'wrong';
  return element('span', { class: neutral ? 'verdict' : `verdict ${judged}` }, icon(right ? 'check' : 'close'), word);
}
