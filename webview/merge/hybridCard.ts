import type { ArithmeticRecipe, MergeColumn, MergeState, MethodInfo } from '../../src/shared/protocol/merge';
import { button } from '../kit/controls';
import { element, fill, icon, setText } from '../kit/dom';
import { sentence } from '../kit/sentence';
import { textField } from '../kit/textFields';
import { ArithmeticEditor } from './arithmeticEditor';
import { formSentence } from './wording';

export interface HybridCardActions {
  compute(recipe: ArithmeticRecipe): void;
  rename(name: string): void;
  duplicate(): void;
  remove(): void;
  copy(format: 'yaml' | 'mergekit'): void;
  openFile(): void;
}

const problemIcons = { error: 'error', warning: 'warning', note: 'info' } as const;

/** The chosen hybrid: its name, what can be done with its recipe, and what is wrong with it. */
export class HybridCard {
  readonly element: HTMLElement;
  private readonly title = element('h2');
  private readonly form = element('p', { class: 'muted' });
  private readonly name: HTMLInputElement;
  private readonly naming: HTMLElement;
  private readonly problems = element('ul', { class: 'problems' });
  private readonly editor: ArithmeticEditor;
  private shown = '';

  constructor(actions: HybridCardActions) {
    this.editor = new ArithmeticEditor((recipe) => actions.compute(recipe));
    const rename = () => {
      this.naming.hidden = true;
      this.title.hidden = false;
      const name = this.name.value.trim();
      if (name !== '' && name !== this.title.textContent) actions.rename(name);
    };
    this.name = textField({ label: 'Name of the hybrid', value: '', onEnter: rename });
    this.name.addEventListener('keydown', ({ key }) => {
      if (key === 'Escape') this.stopNaming();
    });
    this.naming = element(
      'div',
      { class: 'checks', hidden: true },
      this.name,
      button({ label: 'Rename', onClick: rename }),
    );
    const begin = () => {
      this.name.value = this.title.textContent ?? '';
      this.naming.hidden = false;
      this.title.hidden = true;
      this.name.focus();
      this.name.select();
    };
    const act = (label: string, glyph: string, onClick: () => void) =>
      button({ label, icon: glyph, iconOnly: true, onClick });
    const acts = [
      act('Rename', 'edit', begin),
      act('Duplicate', 'files', actions.duplicate),
      act('Copy as YAML', 'copy', () => actions.copy('yaml')),
      act('Copy as mergekit YAML', 'clippy', () => actions.copy('mergekit')),
      act('Show in the File', 'go-to-file', actions.openFile),
      act('Delete', 'trash', actions.remove),
    ];
    const bar = element('div', { class: 'acts', role: 'toolbar', 'aria-label': 'Recipe of the hybrid' }, ...acts);
    const line = element('div', { class: 'card-head' }, this.title, this.naming, bar);
    this.element = element(
      'section',
      { class: 'card', 'aria-label': 'Hybrid' },
      line,
      this.form,
      this.editor.element,
      this.problems,
    );
  }

  update({ problem, donors }: MergeState, column: MergeColumn, methods: readonly MethodInfo[]): void {
    if (this.title.textContent !== column.name) this.stopNaming();
    setText(this.title, column.name);
    const hash = column.hash === null ? [] : [`recipe ${column.hash}`];
    setText(this.form, [formSentence(column), ...hash].join(' · '));
    this.editor.element.hidden = column.kind !== 'arithmetic';
    if (column.kind === 'arithmetic') {
      const names = donors.map(({ name }) => name);
      this.editor.update(
        column.recipe,
        methods,
        names,
        problem === null ? null : 'The file has an error. Mend it first.',
      );
    }
    const print = JSON.stringify(column.problems);
    if (print === this.shown) return;
    this.shown = print;
    fill(
      this.problems,
      ...column.problems.map(({ severity, message }) =>
        element('li', { class: severity }, icon(problemIcons[severity]), element('span', {}, sentence(message))),
      ),
    );
  }

  private stopNaming(): void {
    this.naming.hidden = true;
    this.title.hidden = false;
  }
}
