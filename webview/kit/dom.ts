/** Elements without a framework. Text is always set as text: nothing that a file says becomes markup. */

export type Child = Node | string | null | undefined | false;
/** Attributes by name; `true` sets an empty one, `false`, null and undefined none. */
export type Attributes = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `<tag attributes>children</tag>` */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  setAttributes(node, attributes);
  node.append(...present(children));
  return node;
}

/** An SVG element. */
export function vector<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[K] {
  const node = document.createElementNS('http://www.w3.org/2000/svg', tag);
  setAttributes(node, attributes);
  node.append(...present(children));
  return node;
}

export function setAttributes(node: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Puts `children` in place of what is there. */
export function fill(node: Element, ...children: readonly Child[]): void {
  node.replaceChildren(...present(children));
}

/** Sets a text only when it is another one: selections survive, and live regions speak once. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A codicon: decoration beside a text that says the same. */
export function icon(name: string, spinning = false): HTMLElement {
  const motion = spinning ? ' codicon-modifier-spin' : '';
  return element('i', { class: `codicon codicon-${name}${motion}`, 'aria-hidden': 'true' });
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child): child is Node | string => child !== null && child !== undefined && child !== false);
}
