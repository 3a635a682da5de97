import assert from 'node:assert/strict';
import manifest from '../../../package.json';
import { commands, panels, views } from '../../../src/host/ids';

const { contributes } = manifest;
const sorted = (names: Iterable<string>) => [...names].sort();

describe('the ids of the manifest', () => {
  it('are those of the table, and no others', () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(Object.values(commands)));
    assert.deepEqual(sorted(contributes.views.frankenstein.map(({ id }) => id)), sorted(Object.values(views)));
  });

  it('every panel comes back after a reload: it activates the extension', () => {
    const prefix = 'onWebviewPanel:';
    const restored = manifest.activationEvents.filter((event) => event.startsWith(prefix));
    assert.deepEqual(sorted(restored.map((event) => event.slice(prefix.length))), sorted(Object.values(panels)));
  });

  it('menus name commands that exist', () => {
    const known = new Set<string>(Object.values(commands));
    const used = Object.values(contributes.menus)
      .flat()
      .map(({ command }) => command);
    assert.deepEqual(
      used.filter((command) => !known.has(command)),
      [],
    );
  });

  it('links in welcome texts and the walkthrough lead somewhere', () => {
    const texts = [
      ...contributes.viewsWelcome.map(({ contents }) => contents),
      ...contributes.walkthroughs.flatMap(({ steps }) => steps.map(({ description }) => description)),
    ];
    const known = new Set<string>([...Object.values(commands), ...Object.values(views).map((view) => `${view}.focus`)]);
    for (const text of texts) {
      for (const [, command] of text.matchAll(/\(command:([\w.]+)\)/g)) assert.ok(known.has(command!), command);
    }
  });

  it('what needs a node of a tree is not in the palette', () => {
    const hidden = new Set(
      contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command),
    );
    for (const command of [commands.setRole, commands.copyName, commands.deleteRun, commands.goToStep]) {
      assert.ok(hidden.has(command), command);
    }
  });
});
