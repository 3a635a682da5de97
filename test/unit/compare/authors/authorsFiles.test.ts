import assert from 'node:assert/strict';
import { authorsChain, authorsUpdates } from '../../../../src/core/compare/authors/authorsUpdates';
import { froNormJson } from '../../../../src/core/compare/authors/froNorm';
import { layerwiseSvdJson } from '../../../../src/core/compare/authors/layerwiseSvd';
import type { CompareRow } from '../../../../src/shared/compareResults';
import { assertAuthorsFroNorm, assertAuthorsSvd, type AuthorsFile } from '../../../harness/authorsFiles';
import { compareFacts, compareFixture } from '../../../harness/compareRun';
import { InputError } from '../../../../src/shared/errors';

const fixture = compareFixture();
const facts = compareFacts(fixture.rows);
const chain = authorsChain(facts);
const updatesOf = (rows: readonly CompareRow[]) => authorsUpdates(chain, rows);
const refuses = (work: () => unknown, message: RegExp) =>
  assert.throws(work, (error: Error) => error instanceof InputError && message.test(error.message));
const parse = (text: string) => JSON.parse(text) as AuthorsFile;

describe("the authors' files", () => {
  it('fro_norm.json is theirs: keys and order, and norms within 2e-5', () => {
    assertAuthorsFroNorm(froNormJson(chain, updatesOf(fixture.rows)), fixture.froNorm);
  });

  it('layerwise_svd.json is theirs: keys and order, and values within what float32 says', () => {
    assertAuthorsSvd(layerwiseSvdJson(chain, updatesOf(fixture.rows), 12), fixture.layerwiseSvd);
  });

  it('do not depend on the order of rows, on the style of names, or on what is in no layer', () => {
    const { rows } = fixture;
    const others = [
      'model.embed_tokens.weight',
      'model.norm.weight',
      'lm_head.weight',
      'visual.patch_embed.proj.weight',
    ];
    const more = [
      ...others,
      'visual.blocks.5.norm1.weight',
      'model.layers.11.input_layernorm.weight',
      'model.layers.11.self_attn.q_proj.bias',
    ].flatMap((name) => rows.slice(0, 2).map((row) => ({ ...row, name })));
    const renamed = [...rows, ...more].reverse().map((row) => ({
      ...row,
      name: row.name.replace(/^visual\./, 'model.visual.').replace(/^model\.layers\./, 'model.language_model.layers.'),
    }));
    assert.equal(froNormJson(chain, updatesOf(renamed)), froNormJson(chain, updatesOf(rows)));
    const svd = (some: readonly CompareRow[]) => layerwiseSvdJson(chain, updatesOf(some), 12);
    assert.equal(svd(renamed), svd(rows));
  });

  it('a frozen matrix has what their thresholds make of zeros', () => {
    const zero = { energy: 0, relativeEnergy: 0, spectral: 0, nuclear: 0, stableRank: 0, effectiveRank: 0 };
    for (const singularValues of [[], Array<number>(64).fill(0)]) {
      const rows = fixture.rows.map((row) =>
        row.name.endsWith('k_proj.weight') && row.to === 'rl'
          ? { ...row, ...zero, logVolume: null, singularValues }
          : row,
      );
      const { layers } = parse(layerwiseSvdJson(chain, updatesOf(rows), 12));
      const { rl } = layers.find(({ param_name }) => param_name.endsWith('k_proj.weight'))!;
      assert.deepEqual(rl, {
        spectral_norm: 0,
        nuclear_norm: 0,
        fro_norm: 0,
        stable_rank: 0,
        effective_rank: 0,
        condition_number: 0,
        log_volume: rl.log_volume,
        singular_values: Array<number>(50).fill(0),
      });
      assert.ok(Math.abs((rl.log_volume as number) - 50 * Math.log(1e-12)) < 1e-9);
    }
  });

  it('entries that are no numbers make a norm NaN as Python writes it, and their matrix has no spectrum', () => {
    const odd = fixture.rows.map((row) =>
      row.name.endsWith('o_proj.weight') && row.to === 'in' ? { ...row, notFinite: { nan: 1, infinite: 0 } } : row,
    );
    assert.match(froNormJson(chain, updatesOf(odd)), /"fro_norm": NaN,\n +"relative_norm": NaN\n/);
    const { layers } = parse(layerwiseSvdJson(chain, updatesOf(odd), 12));
    assert.equal(layers.length, fixture.layerwiseSvd.layers.length - 1);
  });

  it('refuses one phase, phases that do not follow each other, and other names', () => {
    const [first, second] = facts.phases;
    refuses(() => authorsChain({ ...facts, phases: [first!] }), /need two phases .* the run has base → in/);
    const apart = [first!, { ...second!, from: 'base' }];
    refuses(() => authorsChain({ ...facts, phases: apart }), /the run has base → in, base → rl/);
    const back = [first!, { ...second!, from: 'in', to: 'base' }];
    refuses(() => authorsChain({ ...facts, phases: back }), /base → in, in → base/);
    assert.deepEqual(authorsChain({ ...facts, phases: [second!, first!] }), chain, 'in whatever order');
    const llama = fixture.rows.map((row) => ({ ...row, name: row.name.replace(/^(visual|model)\./, 'transformer.') }));
    refuses(() => updatesOf(llama), /no tensor has a name of Qwen2\.5-VL's layers/);
  });
});
