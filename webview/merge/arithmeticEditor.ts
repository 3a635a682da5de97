import type {
  ArithmeticRecipe,
  MethodInfo,
  MethodParameter,
  RecipeSetting,
  RecipeSettings,
} from '../../src/shared/protocol/merge';
import { button, checkbox, select, setChoices, setDisabled } from '../kit/controls';
import { element, fill, vector } from '../kit/dom';
import { textField } from '../kit/textFields';
import { adaptRecipe, parseSetting, settingText, withSetting } from './recipeForm';

/** Of a gradient that is asked for and not yet thought about. */
const ramp = [0, 1] as const;
const noBase = '';

/** The form of a recipe of arithmetic: made from what the methods say of themselves. */
export class ArithmeticEditor {
  readonly element = element('div', { class: 'recipe-form' });
  private shown = '';

  constructor(private readonly onChange: (recipe: ArithmeticRecipe) => void) {}

  /** @param locked why it cannot be changed; null where it can */
  update(
    recipe: ArithmeticRecipe,
    methods: readonly MethodInfo[],
    donors: readonly string[],
    locked: string | null,
  ): void {
    const print = JSON.stringify([recipe, methods.length, donors, locked]);
    if (print === this.shown) return;
    this.shown = print;
    const focused = this.focusedName();
    const method = methods.find(({ name }) => name === recipe.method);
    fill(
      this.element,
      ...(method
        ? this.form(recipe, method, methods, donors)
        : [element('p', { class: 'muted' }, `No method "${recipe.method}".`)]),
    );
    this.element.inert = locked !== null;
    this.element.title = locked ?? '';
    // The form is made anew: whoever was in it goes on where they were.
    if (focused) this.element.querySelector<HTMLElement>(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
  }

  private form(
    recipe: ArithmeticRecipe,
    method: MethodInfo,
    methods: readonly MethodInfo[],
    donors: readonly string[],
  ): (HTMLElement | false)[] {
    const change = (part: Partial<ArithmeticRecipe>) => this.onChange({ ...recipe, ...part });
    const choose = select({
      label: 'Method',
      onChange: (name) =>
        this.onChange(
          adaptRecipe(
            recipe,
            methods.find((one) => one.name === name)!,
            donors,
          ),
        ),
    });
    setChoices(
      choose,
      methods.map(({ name, title }) => ({ value: name, label: title })),
      method.name,
    );
    const base = select({ label: 'Base', onChange: (name) => change({ base: name === noBase ? null : name }) });
    const none = method.base === 'required' && recipe.base !== null ? [] : [{ value: noBase, label: 'None' }];
    setChoices(base, [...none, ...choicesOf(donors)], recipe.base ?? noBase);
    const parameters = method.parameters.map((spec) =>
      this.parameter(spec, recipe.parameters, spec.title, (settings) => change({ parameters: settings })),
    );
    const seed = textField({ label: 'Seed', value: recipe.seed === null ? '' : String(recipe.seed), placeholder: '0' });
    seed.addEventListener('change', () => {
      const given = seed.value.trim() === '' ? null : Number(seed.value);
      if (given === null || (Number.isSafeInteger(given) && given >= 0)) change({ seed: given });
    });
    return [
      line('Method', choose),
      element('p', { class: 'muted about' }, [method.description, ...method.differences].join(' ')),
      method.base !== 'none' && line('Base', base),
      ...recipe.models.map((_, i) => this.model(i, recipe, method, donors)),
      this.adder(recipe, method, donors),
      ...parameters,
      method.seeded && line('Seed', seed),
    ];
  }

  private model(
    index: number,
    recipe: ArithmeticRecipe,
    { perModel, models }: MethodInfo,
    donors: readonly string[],
  ): HTMLElement {
    const own = recipe.models[index]!;
    const put = (part: Partial<typeof own>) => {
      const changed = recipe.models.map((one, i) => (i === index ? { ...one, ...part } : one));
      this.onChange({ ...recipe, models: changed });
    };
    const which = select({ label: `Model ${index + 1}`, onChange: (model) => put({ model }) });
    setChoices(which, choicesOf(donors), own.model);
    const remove = button({
      label: `Take Model ${index + 1} Out`,
      icon: 'close',
      iconOnly: true,
      onClick: () => this.onChange({ ...recipe, models: recipe.models.filter((_, i) => i !== index) }),
    });
    setDisabled(remove, recipe.models.length <= models.min ? `The method takes ${models.min} at least.` : null);
    const title = (spec: MethodParameter) => `${spec.title} of model ${index + 1}`;
    const fields = perModel.map((spec) =>
      this.parameter(spec, own.settings, title(spec), (settings) => put({ settings })),
    );
    return element(
      'fieldset',
      { class: 'model', 'aria-label': `Model ${index + 1}` },
      element('div', { class: 'form-line' }, which, remove),
      ...fields,
    );
  }

  private adder(recipe: ArithmeticRecipe, { models, perModel }: MethodInfo, donors: readonly string[]): HTMLElement {
    const free = donors.find((donor) => donor !== recipe.base && !recipe.models.some(({ model }) => model === donor));
    const add = button({
      label: 'Add Model',
      icon: 'add',
      onClick: () => {
        const settings = recipe.models.at(-1)?.settings ?? {};
        const shared = Object.fromEntries(
          perModel.flatMap(({ name }) => (settings[name] === undefined ? [] : [[name, settings[name]]])),
        );
        this.onChange({
          ...recipe,
          models: [...recipe.models, { model: free ?? donors[0]!, settings: shared as RecipeSettings }],
        });
      },
    });
    const isFull = models.max !== null && recipe.models.length >= models.max;
    setDisabled(add, isFull ? `The method takes ${models.max} at most.` : null);
    return element('div', { class: 'form-line' }, add);
  }

  /** @param label names it among all fields */
  private parameter(
    spec: MethodParameter,
    settings: RecipeSettings,
    label: string,
    onChange: (settings: RecipeSettings) => void,
  ): HTMLElement {
    const put = (value: RecipeSetting | null) => onChange(withSetting(settings, spec.name, value));
    const own = settings[spec.name];
    if (spec.kind === 'boolean' && (own === undefined || typeof own === 'boolean')) {
      return element(
        'div',
        { class: 'form-line' },
        checkbox({ label, title: spec.description, checked: own ?? spec.default === true, onChange: put }),
      );
    }
    const text = settingText(own);
    if (text === null || spec.kind === 'boolean') {
      return line(
        spec.title,
        element('span', { class: 'muted', title: spec.description }, 'By a part of the name: change it in the file'),
      );
    }
    const placeholder = spec.default === null ? 'must be given' : String(spec.default);
    const field = textField({ label, value: text, placeholder });
    field.title = spec.description;
    field.addEventListener('change', () => {
      const value = parseSetting(field.value, spec);
      field.setAttribute('aria-invalid', String(value === undefined));
      if (value !== undefined) put(value);
    });
    const gradient =
      spec.kind === 'number' &&
      button({
        label: `Gradient of ${label}`,
        icon: 'graph-line',
        iconOnly: true,
        onClick: () => put(typeof own === 'number' ? [own, own] : [...ramp]),
      });
    return line(spec.title, field, gradient, Array.isArray(own) && curve(own as readonly number[]));
  }

  private focusedName(): string | null {
    const { activeElement } = document;
    return activeElement && this.element.contains(activeElement) ? activeElement.getAttribute('aria-label') : null;
  }
}

function line(title: string, ...controls: (HTMLElement | SVGElement | false)[]): HTMLElement {
  return element(
    'div',
    { class: 'form-line' },
    element('span', { class: 'form-title', 'aria-hidden': 'true' }, title),
    ...controls,
  );
}

function choicesOf(names: readonly string[]): { value: string; label: string }[] {
  return names.map((name) => ({ value: name, label: name }));
}

/** A gradient from the first layer to the last, drawn. */
function curve(values: readonly number[]): SVGElement {
  const [low, high] = [Math.min(0, ...values), Math.max(1, ...values)];
  const x = (i: number) => 1 + (values.length < 2 ? 29 : (58 * i) / (values.length - 1));
  const y = (value: number) => 17 - (16 * (value - low)) / (high - low);
  const points =
    values.length < 2
      ? `1,${y(values[0]!)} 59,${y(values[0]!)}`
      : values.map((value, i) => `${x(i)},${y(value)}`).join(' ');
  return vector(
    'svg',
    { class: 'curve', width: 60, height: 18, 'aria-hidden': 'true' },
    vector('polyline', { points }),
  );
}
