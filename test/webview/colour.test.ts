import assert from 'node:assert/strict';
import { contrast, legible, opaque, parseColour, translucent } from '../../webview/kit/colour';
import { themes } from './themes';

describe('colours of a page', () => {
  it('reads what a canvas gives', () => {
    assert.deepEqual(parseColour('#0a10ff'), [10, 16, 255, 1]);
    assert.deepEqual(parseColour('rgba(1, 2, 3, 0.5)'), [1, 2, 3, 0.5]);
    assert.deepEqual(parseColour('rgb(1 2 3)'), [1, 2, 3, 1]);
    for (const text of ['', 'red', '#fff', 'rgb(1, 2)', 'rgb(a, b, c)']) assert.equal(parseColour(text), null, text);
  });

  it('lays translucent colours over others', () => {
    assert.equal(opaque('rgba(255, 255, 255, 0.5)', '#000000'), '#808080');
    assert.equal(translucent('#ff0000', 0.25), 'rgba(255, 0, 0, 0.25)');
    assert.equal(translucent('rgba(0, 0, 0, 0.5)', 0.5), 'rgba(0, 0, 0, 0.25)');
  });

  it('measures contrast as WCAG does', () => {
    assert.equal(contrast('#000000', '#ffffff'), 21);
    assert.equal(contrast('#777777', '#ffffff').toFixed(2), '4.48');
  });

  it('makes every series of every theme stand out, and leaves alone what does', () => {
    assert.ok(contrast('#d18616', '#ffffff') < 3);
    for (const { variables } of Object.values(themes)) {
      const background = variables['editor-background']!;
      for (const [name, colour] of Object.entries(variables).filter(([key]) => key.startsWith('charts-'))) {
        const shown = legible(colour, background, variables.foreground!);
        assert.ok(contrast(shown, background) >= 3, name);
        if (contrast(colour, background) >= 3) assert.equal(shown, colour);
      }
    }
    assert.equal(legible('#ffffff', '#ffffff', '#000000', 21), '#000000');
  });
});
