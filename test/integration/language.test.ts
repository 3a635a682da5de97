import assert from 'node:assert/strict';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { optionsOf, parseExperiment } from '../../src/core/experiment/experimentFile';

const text = [
  'version: 1',
  'checkpoints: { base: ./base, other: ./language-test }',
  'steps:',
  '  - swap: { id: s, checkpoint: bse, pairs: ./pairs, mod: single }',
  '  - ablate: { id: a, checkpoint: other, dataset: ./evaluation/vision.jsonl }',
  '  - swap:',
  '      id: lens-test',
  '      checkpoint: base',
  '      pairs: ./pairs',
  '      ',
].join('\n');

describe('the experiment file as a language', () => {
  let folder: string;
  let document: vscode.TextDocument;

  before(async () => {
    await vscode.extensions.getExtension('frankenstein-lab.frankenstein-lab')!.activate();
    folder = vscode.workspace.workspaceFolders![0]!.uri.fsPath;
    const file = join(folder, 'language-test.frankenstein.yaml');
    await writeFile(file, text);
    // As a user opens it: VS Code keeps what an extension opens for minutes after it was closed.
    await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
    document = vscode.window.activeTextEditor!.document;
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await rm(document.uri.fsPath);
    await rm(join(folder, 'language-test'), { recursive: true, force: true });
  });

  const positionOf = (word: string) => document.positionAt(text.indexOf(word));
  const call = <T>(command: string, ...rest: unknown[]) =>
    vscode.commands.executeCommand<T>(`vscode.execute${command}Provider`, document.uri, ...rest);

  /** Our problems as `severity marked text: message`, once they are as wanted; the last ones when they never are. */
  async function problems(wanted: (shown: string[]) => boolean): Promise<string[]> {
    let shown: string[] = [];
    for (let left = 50; left > 0; left--) {
      const own = vscode.languages.getDiagnostics(document.uri).filter(({ source }) => source === 'Frankenstein');
      shown = own.map(({ severity, range, message }) => {
        return `${vscode.DiagnosticSeverity[severity]} ${document.getText(range)}: ${message}`;
      });
      if (wanted(shown)) break;
      await sleep(100);
    }
    return shown;
  }

  it('has its problems in the editor, those that only the disk tells too', async () => {
    const shown = await problems((list) => list.length >= 2);
    assert.equal(shown.length, 2, shown.join('\n'));
    assert.ok(shown.includes('Error mod: unknown key "mod"; did you mean "mode"?'), shown.join('\n'));
    assert.match(
      shown.find((one) => one.startsWith('Error ./language-test'))!,
      /it does not exist/,
    );
  });

  it('a quick fix puts the right key there, and names are checked then', async () => {
    const at = new vscode.Range(positionOf('mod:'), positionOf('mod:'));
    const actions = await call<vscode.CodeAction[]>('CodeAction', at);
    const fix = actions.find(({ title }) => title === 'Change to "mode"')!;
    assert.equal(fix.isPreferred, true);
    assert.ok(await vscode.workspace.applyEdit(fix.edit!));
    assert.match(document.getText(), /mode: single/);
    const name = '"bse" is no checkpoint or hybrid of this file; did you mean "base"?';
    assert.ok((await problems((list) => list.includes(`Error bse: ${name}`))).includes(`Error bse: ${name}`));
  });

  it('looks again when the disk changes', async () => {
    const gone = (list: string[]) => !list.some((one) => one.includes('./language-test'));
    const there = join(folder, 'language-test');
    await mkdir(join(folder, 'language-test.part'));
    for (const name of ['config.json', 'model.safetensors']) {
      const from = vscode.Uri.file(join(folder, 'base', name));
      await vscode.workspace.fs.copy(from, vscode.Uri.file(join(folder, 'language-test.part', name)));
    }
    await rename(join(folder, 'language-test.part'), there);
    const shown = await problems(gone);
    assert.ok(gone(shown), shown.join('\n'));
  });

  it('completes keys, names and paths', async () => {
    const labels = async (position: vscode.Position) => {
      const list = await call<vscode.CompletionList>('CompletionItem', position);
      return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
    };
    const end = document.lineAt(document.lineCount - 1).range.end;
    const keys = await labels(end);
    assert.ok(keys.includes('functions') && keys.includes('mode') && !keys.includes('pairs'), keys.join());
    const names = await labels(positionOf('other, dataset'));
    assert.ok(names.includes('base') && names.includes('other'), names.join());
    assert.ok((await labels(positionOf('./pairs'))).includes('./evaluation'));
  });

  it('a step is written by its snippet, indented as the file is', async () => {
    const scratch = await vscode.workspace.openTextDocument(
      vscode.Uri.file(document.uri.fsPath).with({ scheme: 'untitled', path: join(folder, 'new.frankenstein.yaml') }),
    );
    const editor = await vscode.window.showTextDocument(scratch);
    const start = 'version: 1\ncheckpoints: { base: ./base }\nsteps:\n  - ';
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), start));
    const position = scratch.positionAt(start.length);
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      scratch.uri,
      position,
    );
    const compare = items.find(({ label }) => label === 'compare')!;
    await editor.insertSnippet(compare.insertText as vscode.SnippetString, compare.range as vscode.Range);
    const expected = `${start}compare:\n      id: compare\n      phases: [[base, base]]`;
    assert.equal(scratch.getText(), expected);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.window.showTextDocument(document);
  });

  it('explains keys and checkpoints', async () => {
    const hover = async (word: string) => {
      const found = await call<vscode.Hover[]>('Hover', document.positionAt(document.getText().indexOf(word)));
      return found.flatMap(({ contents }) => contents.map((one) => (one as vscode.MarkdownString).value)).join('\n');
    };
    assert.match(await hover('mode'), /\*\*mode\*\*[^]*suffix/);
    assert.match(await hover('base:'), /12 decoder layers.*Early 0/);
    assert.match(await hover('lens-test'), /Never run/);
  });

  it('has an outline, and leads from a name to its entry and back', async () => {
    const symbols = await call<vscode.DocumentSymbol[]>('DocumentSymbol');
    const steps = symbols.find(({ name }) => name === 'steps')!;
    assert.deepEqual(
      steps.children.map(({ name, detail }) => `${detail} ${name}`),
      ['swap s', 'ablate a', 'swap lens-test'],
    );
    const use = document.positionAt(document.getText().indexOf('other, dataset'));
    const entry = document.positionAt(document.getText().indexOf('other:'));
    const [location] = await call<vscode.Location[]>('Definition', use);
    assert.deepEqual(location!.range.start, entry);
    const references = await call<vscode.Location[]>('Reference', entry);
    assert.ok(references.some(({ range }) => range.start.isEqual(use)));
  });

  it('links what is there', async () => {
    const links = await call<vscode.DocumentLink[]>('Link');
    const linked = links.map(({ range }) => document.getText(range));
    assert.deepEqual(new Set(linked), new Set(['./base', './language-test', './pairs', './evaluation/vision.jsonl']));
    const set = links.find(({ range }) => document.getText(range).endsWith('.jsonl'))!;
    assert.equal(set.target?.fsPath, join(folder, 'evaluation', 'vision.jsonl'));
  });

  it('Run stands above the steps that can be run, and hands over the step', async () => {
    const lenses = await call<vscode.CodeLens[]>('CodeLens', 100);
    const shown = lenses.map(({ range, command }) => `${range.start.line} ${command?.title}`);
    assert.deepEqual(shown, ['3 $(play) Run', '4 $(play) Run', '5 $(play) Run']);
    const target = { kind: 'step', file: document.uri.fsPath, step: 'lens-test' };
    assert.equal(lenses[2]!.command!.command, 'frankenstein.runStep');
    assert.deepEqual(lenses[2]!.command!.arguments, [target]);
  });

  it('has no problems once it is closed', async () => {
    assert.notDeepEqual(await problems((list) => list.length > 0), []);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    assert.deepEqual(await problems((list) => list.length === 0), []);
  });
});

describe('the sample lab’s experiment file', () => {
  it('has nothing but the checkpoints that are still to be trained, and Run above each of its steps', async () => {
    const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, 'lab.frankenstein.yaml');
    await vscode.commands.executeCommand('vscode.open', file);
    const { document } = vscode.window.activeTextEditor!;
    const { steps } = parseExperiment(document.getText()).content!;
    assert.ok(steps.length >= 8);
    const command = 'vscode.executeCodeLensProvider';
    const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(command, file, 1000);
    const runs = lenses.filter(({ command }) => command?.title === '$(play) Run');
    assert.deepEqual(
      runs.map(({ command }) => (command!.arguments![0] as { step: string }).step),
      steps.map((step) => optionsOf(step).id),
    );
    await sleep(1500); // what only the disk tells comes later
    const own = vscode.languages.getDiagnostics(file).filter(({ source }) => source === 'Frankenstein');
    const arms = ['unfrozen', 'frozen-early', 'frozen-mid', 'frozen-late'];
    assert.deepEqual(
      own.map(({ severity, message }) => [severity, message]),
      arms.map((arm) => [vscode.DiagnosticSeverity.Information, `not there yet: the step "${arm}" writes it`]),
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });
});
