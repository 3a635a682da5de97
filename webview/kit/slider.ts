import { setAttributes } from './dom';

/** What a chart is to assistive technology: a slider over its horizontal axis, whose value is told in words. */
export interface SliderContent {
  /** The accessible name. */
  readonly name: string;
  /** Values that can be chosen, ascending. */
  readonly values: readonly number[];
  readonly selected: number | null;
  readonly label: (value: number) => string;
  /** What there is at a value. */
  readonly notes: (value: number) => readonly string[];
  /** Said while no value is chosen, and while there is none. */
  readonly none: string;
  readonly empty: string;
}

export interface SliderActions {
  /** The keyboard's cursor stands at a value, or is gone. */
  onMove(value: number | null): void;
  onChoose(value: number): void;
}

/** Makes an element such a slider: arrows move, Enter chooses. */
export class Slider {
  private content: SliderContent | undefined;
  /** The value under the keyboard's cursor. */
  private cursor: number | null = null;

  constructor(
    private readonly element: HTMLElement,
    private readonly actions: SliderActions,
  ) {
    setAttributes(element, { role: 'slider', tabindex: 0 });
    element.addEventListener('keydown', (event) => this.press(event));
    element.addEventListener('focus', () => this.move(this.cursor ?? this.content?.selected ?? null));
    element.addEventListener('blur', () => actions.onMove(null));
  }

  update(content: SliderContent): void {
    this.content = content;
    this.describe();
  }

  private press(event: KeyboardEvent): void {
    const values = this.content?.values ?? [];
    if (values.length === 0) return;
    const at = this.cursor === null ? -1 : values.indexOf(this.cursor);
    const steps: Record<string, number> = {
      ArrowRight: at + 1,
      ArrowUp: at + 1,
      ArrowLeft: at - 1,
      ArrowDown: at - 1,
      Home: 0,
      End: values.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) this.move(values[Math.min(Math.max(next, 0), values.length - 1)]!);
    else if ((event.key === 'Enter' || event.key === ' ') && this.cursor !== null) this.actions.onChoose(this.cursor);
    else return;
    event.preventDefault();
  }

  private move(value: number | null): void {
    const values = this.content?.values ?? [];
    this.cursor = value !== null && values.includes(value) ? value : (values[0] ?? null);
    this.actions.onMove(this.cursor);
    this.describe();
  }

  private describe(): void {
    if (!this.content) return;
    const { name, values, selected, label, notes, none, empty } = this.content;
    const value = this.cursor ?? selected;
    const spoken = values.length === 0 ? empty : value === null ? none : [label(value), ...notes(value)].join('. ');
    setAttributes(this.element, {
      'aria-label': name,
      'aria-valuemin': values[0] ?? 0,
      'aria-valuemax': values.at(-1) ?? 0,
      'aria-valuenow': value ?? values[0] ?? 0,
      'aria-valuetext': spoken,
      'aria-disabled': values.length === 0 ? 'true' : null,
    });
  }
}
