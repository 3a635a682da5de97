import { isDeepStrictEqual } from 'node:util';
import type { FakeHost } from './fakeHost';

/** What of a node of Chromium's tree is looked at. */
interface TreeNode {
  readonly nodeId: string;
  readonly parentId?: string;
  readonly ignored: boolean;
  readonly role?: { readonly value?: unknown };
  readonly name?: { readonly value?: unknown };
}

interface Spoken {
  readonly role: string;
  readonly name: string;
}

/**
 * Nodes of the accessibility tree, as a screen reader gets them: without those inside a control, which is one thing.
 * Chromium makes it some time after the page is drawn: it is the tree once it no longer changes.
 */
export async function accessibilityTree({ page }: Pick<FakeHost, 'page'>): Promise<Spoken[]> {
  const session = await page.context().newCDPSession(page);
  let before: Spoken[] = [];
  for (let tries = 0; tries < 20; tries++) {
    const { nodes } = await session.send('Accessibility.getFullAXTree');
    const now = spoken(nodes);
    if (isDeepStrictEqual(now, before)) break;
    before = now;
    await page.waitForTimeout(50);
  }
  await session.detach();
  return before;
}

function spoken(nodes: readonly TreeNode[]): Spoken[] {
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const inControl = (node: TreeNode): boolean => {
    const parent = byId.get(node.parentId ?? '');
    return parent !== undefined && (parent.role?.value === 'checkbox' || inControl(parent));
  };
  return nodes
    .filter((node) => !node.ignored && !inControl(node))
    .map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? '') }));
}
