/**
 * The leaf controls of every page. This is the only file that knows @vscode/webview-ui-toolkit: the package is no longer
 * maintained, and a successor has to be able to take its place by a change of this file alone. So pages get elements
 * and change them through the functions here, and no style sheet names the toolkit's tags or parts.
 */
import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeCheckbox,
  vsCodeDropdown,
  vsCodeOption,
  type Checkbox,
  type Dropdown,
} from '@vscode/webview-ui-toolkit';
import { element, icon, setAttributes } from './dom';

provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeCheckbox(), vsCodeDropdown(), vsCodeOption());

export interface ButtonOptions {
  readonly label: string;
  /** The accessible name, where the label needs what stands around it to be understood. */
  readonly name?: string;
  /** A codicon's name. */
  readonly icon?: string;
  /** The one thing to do on a page is primary. */
  readonly primary?: boolean;
  /** Shows the icon alone; the label is its accessible name and tooltip. */
  readonly iconOnly?: boolean;
  readonly onClick: () => void;
}

export function button({
  label,
  name = label,
  icon: glyphName,
  primary,
  iconOnly,
  onClick,
}: ButtonOptions): HTMLElement {
  const node = document.createElement('vscode-button');
  const appearance = iconOnly ? 'icon' : primary ? 'primary' : 'secondary';
  setAttributes(node, { appearance, 'aria-label': name, title: iconOnly ? label : null });
  if (glyphName) {
    const glyph = icon(glyphName);
    if (!iconOnly) glyph.slot = 'start';
    node.append(glyph);
  }
  if (!iconOnly) node.append(label);
  node.addEventListener('click', () => {
    if (!node.hasAttribute('disabled')) onClick();
  });
  return node;
}

/** @param reason why it cannot be used, shown as a tooltip; null enables it */
export function setDisabled(control: HTMLElement, reason: string | null): void {
  setAttributes(control, { disabled: reason !== null, title: reason ?? iconLabel(control) });
}

export interface CheckboxOptions {
  readonly label: string;
  readonly title?: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function checkbox({ label, title, checked, onChange }: CheckboxOptions): HTMLElement {
  const node = document.createElement('vscode-checkbox') as Checkbox;
  setAttributes(node, { 'aria-label': label, title });
  node.append(label);
  node.checked = checked;
  let told = checked;
  // The control also fires when a script sets it.
  node.addEventListener('change', () => {
    if (node.checked === settled.get(node)) return;
    told = node.checked;
    settled.set(node, told);
    onChange(told);
  });
  settled.set(node, told);
  return node;
}

export function setChecked(control: HTMLElement, checked: boolean): void {
  settled.set(control, checked);
  (control as Checkbox).checked = checked;
}

export interface Choice {
  readonly value: string;
  readonly label: string;
}

export interface SelectOptions {
  readonly label: string;
  readonly onChange: (value: string) => void;
}

export function select({ label, onChange }: SelectOptions): HTMLElement {
  const node = document.createElement('vscode-dropdown') as Dropdown;
  setAttributes(node, { 'aria-label': label });
  node.addEventListener('change', () => onChange(node.value));
  return node;
}

/** Offers `choices` and chooses one of them. */
export function setChoices(control: HTMLElement, choices: readonly Choice[], value: string): void {
  const node = control as Dropdown;
  const offered = JSON.stringify(choices);
  if (settled.get(node) !== offered) {
    settled.set(node, offered);
    const options = choices.map((choice) => {
      const option = document.createElement('vscode-option');
      setAttributes(option, { value: choice.value, selected: choice.value === value });
      option.append(choice.label);
      return option;
    });
    node.replaceChildren(...options);
  }
  if (node.value !== value) node.value = value;
}

export interface SearchOptions {
  /** The accessible name, shown while nothing is typed. */
  readonly label: string;
  readonly onInput: (text: string) => void;
}

/** A box of the browser's own: the toolkit's takes no accessible name. */
export function searchBox({ label, onInput }: SearchOptions): HTMLInputElement {
  const node = element('input', { type: 'search', class: 'search', 'aria-label': label, placeholder: label });
  node.addEventListener('input', () => onInput(node.value));
  return node;
}

/** How far work has come. The label names the work; what is done is its text value. */
export function progressBar(label: string): HTMLProgressElement {
  return element('progress', { class: 'progress', 'aria-label': label, max: 1, value: 0 });
}

/** What the page last set, so that its own changes are not taken for the user's. */
const settled = new WeakMap<HTMLElement, string | boolean>();

function iconLabel(control: HTMLElement): string | null {
  return control.getAttribute('appearance') === 'icon' ? control.getAttribute('aria-label') : null;
}
