/** What the commands for comparisons ask: which checkpoints, and whether the spectrum too. */
import * as vscode from 'vscode';
import { CancelledError, InputError } from '../../shared/errors';
import { placeInChain, roles, roleTitles, type Role } from '../../shared/vocabulary';
import type { CheckpointNode } from '../trees/checkpointNodes';

interface CheckpointItem extends vscode.QuickPickItem {
  readonly checkpoint: CheckpointNode;
}

/**
 * Two checkpoints, from and to: the given one and another, or two that are asked for.
 * @throws CancelledError when the user changes their mind, InputError when there are none
 */
export async function choosePair(
  all: readonly CheckpointNode[],
  given: CheckpointNode | undefined,
): Promise<readonly [from: CheckpointNode, to: CheckpointNode]> {
  if (all.length < 2) throw new InputError('there is no other checkpoint to compare with', 'Add its folder first.');
  if (!given) {
    const from = await pick(all.map(itemOf), 'Compare from which checkpoint?');
    const others = all.filter((other) => other !== from);
    return [from, await pick(nearestFirst(from, others).map(itemOf), `From ${from.name} to which checkpoint?`)];
  }
  const others = nearestFirst(
    given,
    all.filter(({ directory }) => directory !== given.directory),
  );
  const items = others.map((other) => {
    const [from, to] = inOrder(given, other);
    return { ...itemOf(other), detail: `${from.name} → ${to.name} · ${other.directory}` };
  });
  return inOrder(given, await pick(items, `Compare ${given.name} with which checkpoint?`));
}

/**
 * The chain Base → IN → RL, by role; where several have a role, the user is asked.
 * @throws InputError naming the roles that nobody has, CancelledError when the user changes their mind
 */
export async function chooseChain(all: readonly CheckpointNode[]): Promise<readonly CheckpointNode[]> {
  const holders = (role: Role) => all.filter((checkpoint) => checkpoint.role === role);
  const missing = roles.filter((role) => holders(role).length === 0).map((role) => roleTitles[role]);
  if (missing.length > 0) {
    throw new InputError(
      `no checkpoint has the role ${missing.join(' or ')}`,
      'Give it with "Set Role…" in the context menu of the Checkpoints view, or in an experiment file.',
    );
  }
  const chain: CheckpointNode[] = [];
  for (const role of roles) {
    const candidates = holders(role);
    const [first] = candidates;
    chain.push(candidates.length === 1 ? first! : await pick(candidates.map(itemOf), `Which is ${roleTitles[role]}?`));
  }
  return chain;
}

/** @returns whether singular values too @throws CancelledError when the user changes their mind */
export async function chooseSpectrum(): Promise<boolean> {
  const items = [
    { label: 'Energy', detail: 'How far each weight moved. Seconds: the files are read once.', spectrum: false },
    {
      label: 'Energy and spectrum',
      detail: 'Also in how many directions. It takes longer, and can be stopped and resumed.',
      spectrum: true,
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: 'What shall be measured?' });
  if (!chosen) throw new CancelledError();
  return chosen.spectrum;
}

/** Along the chain; where that does not say, from the given one. */
function inOrder(given: CheckpointNode, other: CheckpointNode): readonly [CheckpointNode, CheckpointNode] {
  return placeInChain(other.role) < placeInChain(given.role) ? [other, given] : [given, other];
}

/** Neighbours in the chain first, the earlier before the later; what has no role last. */
function nearestFirst(given: CheckpointNode, others: readonly CheckpointNode[]): CheckpointNode[] {
  const distance = ({ role }: CheckpointNode) =>
    role === null ? roles.length : Math.abs(placeInChain(role) - placeInChain(given.role));
  return [...others].sort((a, b) => distance(a) - distance(b) || placeInChain(a.role) - placeInChain(b.role));
}

function itemOf(checkpoint: CheckpointNode): CheckpointItem {
  const { name, role, hint, directory } = checkpoint;
  const description = [role && roleTitles[role], hint].filter(Boolean).join(' · ');
  return { label: name, description, detail: directory, checkpoint };
}

async function pick(items: readonly CheckpointItem[], placeHolder: string): Promise<CheckpointNode> {
  const options = { placeHolder, matchOnDescription: true, matchOnDetail: true };
  const chosen = await vscode.window.showQuickPick(items, options);
  if (!chosen) throw new CancelledError();
  return chosen.checkpoint;
}
