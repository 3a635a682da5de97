import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Document, isCollection, isScalar, parse, visit, type Scalar } from 'yaml';
import { parseExperiment } from '../../../src/core/experiment/experimentFile';
import {
  addStep,
  applyEdits,
  removeHybrid,
  renameHybrid,
  setHybrid,
  setStepOption,
  type TextEdit,
} from '../../../src/core/experiment/hybridEdits';
import type { HybridSpec, Step } from '../../../src/core/experiment/schema';
import { InputError } from '../../../src/shared/errors';

const head = 'version: 1\ncheckpoints: { base: ./base, in: ./in, rl: ./rl }\n';
const thirds: HybridSpec = ['in', 'rl', 'rl'];
const grafted: HybridSpec = { skeleton: 'in', layers: { '4-8': 'rl' }, vision: 'in' };
const write: Step = { merge: { id: 'write', hybrid: 'IN:RL:RL', output: './merged' } };

const set = (text: string, name: string, spec: HybridSpec) => applyEdits(text, setHybrid(text, name, spec));
const rename = (text: string, from: string, to: string) => applyEdits(text, renameHybrid(text, from, to));
const remove = (text: string, name: string) => applyEdits(text, removeHybrid(text, name));
const append = (text: string, step: Step) => applyEdits(text, addStep(text, step));

describe('hybrids are edited in the file', () => {
  it('the first one comes with its key, before the steps and the comments right above them', () => {
    const before = `# lab\n${head}\n# what to do\nsteps: [] # none\n`;
    const entry = 'hybrids:\n  "IN:RL:RL": [in, rl, rl]\n\n';
    assert.equal(set(before, 'IN:RL:RL', thirds), `# lab\n${head}\n${entry}# what to do\nsteps: [] # none\n`);
    assert.equal(set(head, 'x', thirds), `${head}hybrids:\n  x: [in, rl, rl]\n`);
    assert.equal(set(`${head}steps:\n`, 'x', thirds), `${head}hybrids:\n  x: [in, rl, rl]\nsteps:\n`);
  });

  it('an empty mapping, or a key without one, is filled; its comment stays', () => {
    for (const empty of ['hybrids:', 'hybrids: {}', 'hybrids: ~']) {
      const filled = set(`${head}${empty} # none yet\nsteps: []\n`, '8', grafted);
      assert.match(filled, /^hybrids:/m);
      assert.match(filled, /# none yet/);
      assert.deepEqual((parse(filled) as { hybrids: unknown }).hybrids, { '8': grafted });
    }
  });

  it('another one comes last, in the style of the file', () => {
    const block = `${head}hybrids:\n    # the paper\n    a: [in, in, in] # all\n\nsteps: []`;
    const added = '\n    b:\n        skeleton: in\n        layers: { "4-8": rl }\n        vision: in';
    assert.equal(set(block, 'b', grafted), block.replace(' # all', ` # all${added}`));
    const flow = `{ version: 1, checkpoints: { in: ./in, rl: ./rl }, hybrids: { a: [in, in, in], }, steps: [] }`;
    const inline = 'a: [in, in, in], b: { skeleton: in, layers: { "4-8": rl }, vision: in },';
    assert.equal(set(flow, 'b', grafted), flow.replace('a: [in, in, in],', inline));
    const windows = block.replaceAll('\n', '\r\n');
    assert.equal(set(windows, 'b', grafted), windows.replace(' # all', ` # all${added.replaceAll('\n', '\r\n')}`));
    const json = '{\n  "version": 1,\n  "checkpoints": { "in": "./in" },\n  "steps": []\n}\n';
    assert.equal(
      set(json, 'x', ['in', 'in', 'in']),
      json.replace('"steps"', 'hybrids: { x: [in, in, in] },\n  "steps"'),
    );
  });

  it('of one that is there only what differs is touched', () => {
    const text = `${head}hybrids:\n  a: [in,  "rl", in] # mine\n  b:\n    skeleton: in # s\n    layers: {0: rl,   1: rl}\n    head: in\nsteps: []\n`;
    assert.deepEqual(setHybrid(text, 'a', ['in', 'rl', 'in']), []);
    const [edit, ...others] = setHybrid(text, 'a', ['in', 'rl', 'base']);
    assert.deepEqual([text.slice(edit!.from, edit!.to), edit!.text, others.length], ['in', 'base', 0]);
    const changed = set(text, 'b', { skeleton: 'in', layers: { '0': 'rl', '1': { attention: 'in' }, '2': 'base' } });
    const expected = text.replace('1: rl}', '1: { attention: in }, "2": base}').replace('    head: in\n', '');
    assert.equal(changed, expected);
    assert.equal(set(text, 'b', thirds), text.replace(/b:[^]*head: in/, 'b: [in, rl, rl]'));
    const named = text.replace(
      ' [in,  "rl", in] # mine',
      '\n    skeleton: in\n    layers: { "4-8": rl }\n    vision: in # mine',
    );
    assert.equal(set(text, 'a', grafted), named);
  });

  it('what aliases repeat keeps its value where it was not meant', () => {
    const text = `${head}hybrids:\n  a: &x [in, rl, in]\n  b: *x\n  c: *x\nsteps: []\n`;
    const changed = set(text, 'a', ['rl', 'rl', 'rl']);
    assert.deepEqual((parse(changed) as { hybrids: unknown }).hybrids, {
      a: ['rl', 'rl', 'rl'],
      b: ['in', 'rl', 'in'],
      c: ['in', 'rl', 'in'],
    });
    assert.equal(set(text, 'b', thirds), text.replace('b: *x', 'b: [in, rl, rl]'));
    assert.equal(remove(text, 'a'), text.replace('  a: &x [in, rl, in]\n', '').replace('*x', '&x [in, rl, in]'));
    const donors = `${head}hybrids:\n  a: { skeleton: &s in, vision: *s, head: *s }\nsteps: []\n`;
    const moved = { skeleton: 'rl', vision: 'base', head: 'in' };
    assert.deepEqual((parse(set(donors, 'a', moved)) as { hybrids: unknown }).hybrids, { a: moved });
  });

  it('is renamed with all that uses it, and nothing else of the same text', () => {
    const text = `${head}hybrids:\n  in2: [in, in, in] # in2\nsteps:\n  - evaluate: { id: in2, checkpoints: [base, 'in2'], vision: ./in2 }\n  - merge: { id: m, hybrid: in2, output: in2 }\n`;
    const expected = text
      .replace('  in2:', '  "a: b":')
      .replace("'in2'", '"a: b"')
      .replace('hybrid: in2', 'hybrid: "a: b"');
    assert.equal(rename(text, 'in2', 'a: b'), expected);
    const aliased = `${head}hybrids: { &h x: [in, in, in] }\nsteps:\n  - merge: { id: x, hybrid: *h, output: *h }\n`;
    assert.equal(rename(aliased, 'x', 'y'), aliased.replace('&h x', '&h y').replace('output: *h', 'output: x'));
    assert.throws(() => renameHybrid(text, 'in2', 'rl'), /there is a checkpoint "rl" already/);
    assert.throws(() => renameHybrid(text, 'in3', 'x'), /no hybrid "in3"/);
  });

  it('is not removed while a step uses it', () => {
    const text = `${head}hybrids:\n  # kept\n  a: [in, in, in]\n  b: # b\n    skeleton: in\nsteps:\n  - swap: { id: s, checkpoint: a, pairs: . }\n`;
    assert.throws(() => removeHybrid(text, 'a'), /hybrid "a" is used by the step "s"/);
    assert.equal(remove(text, 'b'), text.replace('  b: # b\n    skeleton: in\n', ''));
    const unused = text.replace('checkpoint: a', 'checkpoint: in');
    assert.equal(remove(remove(unused, 'a'), 'b'), unused.replace(/hybrids:[^]*skeleton: in/, 'hybrids: {}\n  # kept'));
  });

  it('adding and removing leaves the file as it was', () => {
    for (const text of [
      `${head}steps: []\n`,
      `${head}\nsteps: []\n`,
      head,
      `{ version: 1, checkpoints: {}, steps: [] }`,
    ]) {
      assert.equal(remove(set(text, 'x', thirds), 'x'), text);
    }
  });

  it('a step is appended to whatever list there is', () => {
    const line = '- merge: { id: write, hybrid: "IN:RL:RL", output: ./merged }';
    const flow = line.slice(2);
    assert.equal(append(head, write), `${head}steps:\n  ${line}\n`);
    assert.equal(append(`${head}steps: [] # none\n`, write), `${head}steps:\n  ${line} # none\n`);
    assert.equal(append(`${head}steps: # none\n`, write), `${head}steps: # none\n  ${line}\n`);
    const block = `${head}steps:\n- swap:\n    id: a # a\n\n- swap: { id: b } # b\n# end`;
    assert.equal(append(block, write), block.replace(' # b', ` # b\n\n${line}`));
    const inline = `${head}steps: [{ swap: { id: a } } ]`;
    assert.equal(append(inline, write), inline.replace(' ]', `, { ${flow} } ]`));
    assert.throws(() => addStep(block, { merge: { ...write.merge!, id: 'a' } }), /another step has the id "a"/);
  });

  it('a file that cannot be read, and a name that is taken, are refused', () => {
    for (const text of ['', '- a', 'a: [', 'a: *b', 'a: 1\na: 2']) {
      assert.throws(() => setHybrid(text, 'x', thirds), InputError, text);
    }
    assert.throws(() => setHybrid(head, 'rl', thirds), /"rl" is the name of a checkpoint/);
  });

  it('whatever the style: it reads as it should, and the rest stays to the byte', () => {
    fc.assert(
      fc.property(files, names, specs, ({ text, hybrids }, name, spec) => {
        const fresh = !Object.hasOwn(hybrids, name);
        const edits = setHybrid(text, name, spec);
        const after = applyEdits(text, edits);
        assert.deepEqual(contentOf(after), { ...contentOf(text), hybrids: { ...hybrids, [name]: spec } });
        if (fresh && (!text.includes('hybrids') || Object.keys(hybrids).length > 0))
          assert.equal(removed(text, edits), '');
        assert.deepEqual(setHybrid(after, name, spec), []);

        const longer = append(after, { merge: { id: 'the-last', hybrid: name, output: './o' } });
        assert.throws(() => removeHybrid(longer, name), /used by the step "the-last"/);
        const renaming = renameHybrid(longer, name, 'new: name');
        for (const { from, to } of renaming) assert.equal(parse(longer.slice(from, to)) + '', name);
        assert.deepEqual(
          contentOf(applyEdits(longer, renaming)),
          JSON.parse(JSON.stringify(contentOf(longer)).replaceAll(JSON.stringify(name), '"new: name"')),
        );
        assert.deepEqual(contentOf(remove(after, name)).hybrids, without(hybrids, name));
        for (const other of Object.keys(hybrids)) {
          assert.deepEqual(contentOf(remove(after, other)).hybrids, without(contentOf(after).hybrids, other));
        }
      }),
      { numRuns: 150 },
    );
  });
});

function contentOf(text: string) {
  const { content, problems } = parseExperiment(text);
  assert.deepEqual(problems, [], text);
  return content!;
}

function removed(text: string, edits: readonly TextEdit[]): string {
  return edits.map(({ from, to }) => text.slice(from, to)).join('');
}

function without(hybrids: Readonly<Record<string, unknown>>, name: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(hybrids).filter(([other]) => other !== name));
}

/** Names that no other text of the files below has. */
const names = fc.oneof(
  fc.constantFrom(
    'IN:RL:RL',
    '8',
    'a: b',
    '# no',
    '"q"',
    "it's",
    'true',
    '.5',
    '.inf',
    '~',
    '- x',
    'é模型',
    '[x]',
    '&a',
    ' s',
  ),
  fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }).map((text) => `x${text}`),
);
const donors = fc.constantFrom('base', 'in', 'r: l');
const layerDonors = fc.oneof(
  donors,
  fc
    .record({ attention: donors, mlp: donors, norm: donors }, { requiredKeys: [], noNullPrototype: true })
    .filter((some) => Object.keys(some).length > 0),
);
const layers = fc.dictionary(fc.constantFrom('0', '1-4', '4-8', '10'), layerDonors, { noNullPrototype: true });
const parts = { layers, visionLayers: layers, vision: donors, projector: donors, embeddings: donors, head: donors };
const specs = fc.oneof(
  fc.tuple(donors, donors, donors),
  fc.record({ skeleton: donors, ...parts }, { requiredKeys: ['skeleton'], noNullPrototype: true }),
) as fc.Arbitrary<HybridSpec>;

/** Files in the YAML library's own writing, each collection in a style of its own, with comments here and there. */
const files = fc
  .record({
    hybrids: fc.dictionary(names, specs, { noNullPrototype: true, maxKeys: 4 }),
    hasHybrids: fc.boolean(),
    hasSteps: fc.boolean(),
    styles: fc.array(fc.nat({ max: 11 }), { minLength: 60, maxLength: 60 }),
    indent: fc.constantFrom(2, 4),
    indentSeq: fc.boolean(),
    windows: fc.boolean(),
    ends: fc.boolean(),
  })
  .map(({ hybrids, hasHybrids, hasSteps, styles, indent, indentSeq, windows, ends }) => {
    const some = Object.keys(hybrids).length > 0;
    const content = {
      version: 1,
      checkpoints: { base: './base', in: { path: './in' }, 'r: l': './rl' },
      ...(some || hasHybrids ? { hybrids } : {}),
      ...(hasSteps
        ? {
            steps: [
              { compare: { id: 'c', phases: [['base', 'in']] } },
              { compare: { id: 'd', phases: [['base', 'in']] } },
            ],
          }
        : {}),
    };
    const document = new Document(content);
    let count = 0;
    const next = () => styles[count++ % styles.length]!;
    visit(document, {
      Node(key, node) {
        const style = next();
        if (isCollection(node)) node.flow = style < 3;
        if (isScalar(node) && style === 4) (node as Scalar).type = 'QUOTE_DOUBLE';
        if (isScalar(node) && style === 5) (node as Scalar).type = 'QUOTE_SINGLE';
        if (key !== 'key' && style === 6) node.comment = ' behind: x';
        if (style === 7 && !isScalar(node)) node.commentBefore = ' before: x';
        if (style === 8) (node as Scalar).spaceBefore = true;
      },
    });
    const text = document.toString({ indent, indentSeq, lineWidth: 0 });
    const ended = ends ? text : text.trimEnd();
    return { text: windows ? ended.replaceAll('\n', '\r\n') : ended, hybrids };
  })
  .filter(({ text }) => parseExperiment(text).problems.length === 0);

describe('an option of a step is edited in the file', () => {
  const option = (text: string, id: string, value: number) => applyEdits(text, setStepOption(text, id, 'batch', value));
  const flow = '  - swap: { id: vision, checkpoint: base, pairs: ./pairs } # first\n';
  const block =
    '  - ablate:\n      id: reasoning\n      checkpoint: base\n      dataset: ./d.jsonl\n      batch: 32 # many\n';

  it('it is added, or changed, and all else stays', () => {
    const text = `${head}steps:\n${flow}${block}`;
    assert.equal(option(text, 'vision', 4), text.replace('pairs: ./pairs }', 'pairs: ./pairs, batch: 4 }'));
    assert.equal(option(text, 'reasoning', 8), text.replace('batch: 32', 'batch: 8'));
  });

  it('a step that is not there is said', () => {
    assert.throws(() => option(`${head}steps:\n${flow}`, 'other', 4), /no step has the id "other"/);
    assert.throws(() => option(head, 'vision', 4), /no step has the id "vision"/);
  });
});
