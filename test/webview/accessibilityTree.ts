import type { FakeHost } from './fakeHost';

/** Nodes of the accessibility tree, as a screen reader gets them: without those inside a control, which is one thing. */
export async function accessibilityTree({ page }: Pick<FakeHost, 'page'>): Promise<{ role: string; name: string }[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const inControl = (node: (typeof nodes)[number]): boolean => {
    const parent = byId.get(node.parentId ?? '');
    return parent !== undefined && (parent.role?.value === 'checkbox' || inControl(parent));
  };
  return nodes
    .filter((node) => !node.ignored && !inControl(node))
    .map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '') }));
}
