import type { TriedAnswer } from '../../src/shared/protocol/merge';
import { element, fill, icon, setText } from '../kit/dom';
import { sentence } from '../kit/sentence';
import { answerFacts } from './wording';

/** Answers side by side. Those that grow keep their element, so that what is selected stays selected. */
export class AnswerCards {
  readonly element = element('div', { class: 'answers' });
  private readonly cards = new Map<string, { box: HTMLElement; text: HTMLElement; facts: HTMLElement }>();

  /** @param hybrid the one among the answers that is no donor @param expected whose answers are still to come */
  update(answers: readonly TriedAnswer[], hybrid: string, expected: readonly string[] = []): void {
    const waiting = expected.filter((name) => !answers.some(({ checkpoint }) => checkpoint === name));
    const names = [...answers.map(({ checkpoint }) => checkpoint), ...waiting];
    if (JSON.stringify(names) !== JSON.stringify([...this.cards.keys()])) this.build(names, hybrid);
    for (const answer of answers) this.show(answer);
    for (const name of waiting) {
      const { text, facts } = this.cards.get(name)!;
      setText(text, '');
      setText(facts, 'Waits for the one before it');
    }
  }

  private build(names: readonly string[], hybrid: string): void {
    this.cards.clear();
    for (const name of names) {
      const text = element('p', { class: 'answer-text' });
      const facts = element('p', { class: 'muted' });
      const isOwn = name === hybrid;
      const title = element('h3', {}, name, element('span', { class: 'badge' }, isOwn ? 'hybrid' : 'donor'));
      const attributes = { class: isOwn ? 'answer own' : 'answer', 'aria-label': `Answer of ${name}` };
      this.cards.set(name, { box: element('article', attributes, title, text, facts), text, facts });
    }
    fill(this.element, ...[...this.cards.values()].map(({ box }) => box));
  }

  private show(answer: TriedAnswer): void {
    const { text, facts, box } = this.cards.get(answer.checkpoint)!;
    const { failure, tokens } = answer;
    box.classList.toggle('failed', failure !== null);
    setText(text, failure === null ? answer.text : sentence(failure));
    box.setAttribute('aria-busy', String(failure === null && tokens === null));
    if (failure === null && tokens === null) fill(facts, icon('loading', true), ' Answers…');
    else setText(facts, answerFacts(answer));
  }
}
