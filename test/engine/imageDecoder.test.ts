import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { type PreprocessorSettings, processImage } from '../../src/core/model/imageProcessor';
import { SharpImageDecoder } from '../../src/engine/imageDecoder';
import { InputError } from '../../src/shared/errors';
import { itInFull } from '../harness/full';

const fixtures = 'test/fixtures/images';
const shared = '../shared';
const decoder = new SharpImageDecoder();
const hashOf = (...bytes: Uint8Array[]) => {
  const hash = createHash('sha256');
  for (const part of bytes) hash.update(part);
  return hash.digest('hex').slice(0, 32);
};

describe('SharpImageDecoder', () => {
  // The first half of the SHA-256 of Image.open(file).convert('RGB').tobytes() in Pillow 12.1.0.
  const golden: [string, string][] = [
    ['animation.png', '97e76ec634277e2d758751768c4ff508'],
    ['animation.webp', '97e76ec634277e2d758751768c4ff508'],
    ['cmyk.jpg', 'a3e8826b20721cbce58ab24c7ca8a9fe'],
    ['grey-alpha.png', 'fd6adbf84b1080b7ec7d5b5ae3d9afff'],
    ['grey-alpha16.png', '8290b74fc7308c211b425180b91e6d23'],
    ['grey.jpg', '1850e6ea0242ec89b35e37ae54465944'],
    ['grey.png', 'fd6adbf84b1080b7ec7d5b5ae3d9afff'],
    ['grey1.png', 'b34d62296fc821b870a8aee8b9bd21cc'],
    ['grey16.png', 'ec68116fb38e07df861810a436dc5ab7'],
    ['grey2.png', '03bb7e489367936d63a77536c84c2e5b'],
    ['palette.png', 'b1b2c372c81025c5a700335f070cc990'],
    ['profile.jpg', 'b19001d80ae40da98f59ecdc0bed3252'],
    ['profile.png', '97e76ec634277e2d758751768c4ff508'],
    ['progressive.jpg', 'b19001d80ae40da98f59ecdc0bed3252'],
    ['rgb.png', '97e76ec634277e2d758751768c4ff508'],
    ['rgb.webp', 'a28799abf2fac57733354ba920ed63e8'],
    ['rgb16.png', '9eb6234cc63bed7327a0e8a7fc2fe148'],
    ['rgba.png', '97e76ec634277e2d758751768c4ff508'],
    ['rgba.webp', '857ef78792ddb4cca6e29f3c3603f252'],
    ['rgba16.png', '9eb6234cc63bed7327a0e8a7fc2fe148'],
    ['rotated.jpg', 'b19001d80ae40da98f59ecdc0bed3252'],
    ['subsampled.jpg', '013e35f2f0d7c78ea28e8ca1657209bc'],
    ['transparent-colour.png', '97e76ec634277e2d758751768c4ff508'],
    ['ycck.jpg', '2f02b8a7fc4a63cf8e5e09d26449cdaf'],
  ];
  for (const [name, hash] of golden) {
    it(`decodes ${name} to the pixels of Pillow`, async () => {
      const image = await decoder.decode(join(fixtures, name));
      assert.deepEqual([image.width, image.height, image.data.length], [37, 23, 37 * 23 * 3]);
      assert.equal(hashOf(image.data), hash);
      assert.deepEqual(await decoder.size(join(fixtures, name)), { width: 37, height: 23 });
    });
  }

  describe('refuses, naming file and cause,', () => {
    let folder: string;
    before(() => (folder = mkdtempSync(join(tmpdir(), 'frankenstein-images-'))));
    after(() => rmSync(folder, { recursive: true }));

    const png = readFileSync(join(fixtures, 'rgb16.png'));
    const jpeg = readFileSync(join(fixtures, 'subsampled.jpg'));
    const webp = readFileSync(join(fixtures, 'animation.webp'));
    const cases: [what: string, name: string, bytes: Uint8Array, cause: RegExp][] = [
      ['an empty file', 'empty.png', new Uint8Array(0), /empty/],
      ['garbage', 'garbage.png', Buffer.from('hello, I am not an image'), /not an image/],
      ['a GIF called PNG', 'gif.png', Buffer.from('GIF89a\x01\0\x01\0\0\0\0;', 'latin1'), /GIF/],
      ['SVG', 'drawing.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /SVG/],
      ['TIFF', 'scan.tif', Buffer.from('II*\0\x08\0\0\0\0\0', 'latin1'), /TIFF/],
      ['a PNG cut off in its pixels', 'cut.png', png.subarray(0, png.length / 2), /cannot be read/],
      ['a PNG cut off in its header', 'header.png', png.subarray(0, 30), /cannot be read/],
      ['a PNG with a damaged pixel', 'damaged.png', flipped(png, 3000), /cannot be read/],
      ['a JPEG cut off', 'cut.jpg', jpeg.subarray(0, jpeg.length - 40), /cannot be read/],
      ['a WebP cut off', 'cut.webp', webp.subarray(0, webp.length / 2), /cannot be read/],
      ['a size of 0', 'zero.png', blankPng(0, 5), /cannot be read/],
      ['a negative size', 'negative.png', blankPng(2 ** 32 - 1, 5), /cannot be read/],
      ['more than 25 megapixels', 'large.png', blankPng(5001, 5000), /5001×5000 pixels are more than the limit of 25/],
    ];
    for (const [what, name, bytes, cause] of cases) {
      it(what, async () => {
        writeFileSync(join(folder, name), bytes);
        await refuses(join(folder, name), cause);
      });
    }

    it('what is not there', () => refuses(join(folder, 'missing.png'), /does not exist/));
    it('a folder', async () => {
      mkdirSync(join(folder, 'folder.png'));
      await refuses(join(folder, 'folder.png'), /not a regular file/);
    });
    const itOnPosix = process.platform === 'win32' ? () => undefined : it;
    itOnPosix('a named pipe, without waiting for it', async () => {
      execFileSync('mkfifo', [join(folder, 'pipe.png')]);
      await refuses(join(folder, 'pipe.png'), /not a regular file/);
    });
  });

  it('knows the size of an image whose pixels are damaged', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'frankenstein-images-'));
    const jpeg = readFileSync(join(fixtures, 'subsampled.jpg'));
    writeFileSync(join(folder, 'cut.jpg'), jpeg.subarray(0, jpeg.length - 40));
    assert.deepEqual(await decoder.size(join(folder, 'cut.jpg')), { width: 37, height: 23 });
    rmSync(folder, { recursive: true });
  });

  it('goes by the first bytes, not by the name', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'frankenstein-images-'));
    writeFileSync(join(folder, 'photo.png'), readFileSync(join(fixtures, 'grey.jpg')));
    const image = await decoder.decode(join(folder, 'photo.png'));
    assert.deepEqual(image, await decoder.decode(join(fixtures, 'grey.jpg')));
    rmSync(folder, { recursive: true });
  });
});

describe('images as the model sees them', () => {
  it('are bit-equal to those of transformers', async () => {
    // The first half of the SHA-256 of pixel_values (float32) from transformers 5.18.0.
    const golden = {
      'image_0_112x112.png': '8d444f62d3a5590b77043c0c65f1ef75',
      'image_1_140x196.png': '64be8a43859acf6e5dd17bf67bef5370',
      'image_2_253x91.png': '3af215c34442d6288e61f6c19d8fbebb',
      'image_3_400x300.png': '0ccdf6b47e0dc41e9b8cb5c03e82c837',
    };
    const folder = 'test/fixtures/oracle/tied-f32';
    for (const [name, hash] of Object.entries(golden)) {
      const { pixelValues } = processImage(await decoder.decode(join(folder, 'images', name)), settingsOf(folder));
      assert.equal(hashOf(new Uint8Array(pixelValues.buffer)), hash, name);
    }
  });

  for (const folder of ['tied-f32', 'untied-bf16-3-shards-new-names', 'flat-config-f16', 'lab']) {
    itInFull(`are those of transformers in every case of ${folder}`, async () => {
      const found = await compareWithOracle(folder);
      assert.ok(found.images >= 3);
      assert.equal(found.largest, 0);
    });
  }

  // The first half of the SHA-256 of all images of a function, by name, decoded by Pillow 12.1.0. One photograph of the
  // published set is cut off, for Pillow too.
  const cutOff = 'recognition_000058_t.jpg';
  for (const [name, hash] of [
    ['counting', '71f21218c580434a988b7536dd291e3b'],
    ['grounding', 'd4ee2100b318550198806a053c8ccbb0'],
    ['ocr', '848b4a6accee03eaee15de2c72223b8f'],
    ['recognition', '5d40ca29d2229eac4f3e57b708a12db0'],
  ]) {
    itInFull(`are decoded as Pillow decodes them in the authors' ${name} pairs`, async () => {
      const folder = join(shared, 'pairs', name!, 'images');
      const paths = readdirSync(folder)
        .sort()
        .map((file) => join(folder, file));
      const pixels = [];
      for (const path of paths) {
        if (basename(path) === cutOff) await refuses(path, /premature end/);
        else pixels.push((await decoder.decode(path)).data);
      }
      assert.equal(hashOf(...pixels), hash);
    });
  }
});

async function refuses(path: string, cause: RegExp): Promise<void> {
  await assert.rejects(decoder.decode(path), (error: unknown) => {
    assert.ok(error instanceof InputError, String(error));
    assert.ok(error.message.includes(path) && cause.test(error.message), error.message);
    return true;
  });
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, i) => (i === at ? byte ^ 0xff : byte));
}

/** A grey PNG of one bit per pixel that says it has this size (unsigned 32 bits). */
function blankPng(width: number, height: number): Buffer {
  const chunk = (type: string, data: Uint8Array) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  const pixels = chunk('IDAT', deflateSync(Buffer.alloc(626 * 5000)));
  return Buffer.concat([signature, chunk('IHDR', header), pixels, chunk('IEND', new Uint8Array(0))]);
}

function settingsOf(folder: string, file = 'checkpoint/preprocessor_config.json'): PreprocessorSettings {
  const config = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  return {
    minPixels: config.min_pixels,
    maxPixels: config.max_pixels,
    patchSize: config.patch_size,
    temporalPatchSize: config.temporal_patch_size,
    mergeSize: config.merge_size,
    mean: config.image_mean,
    std: config.image_std,
  };
}

/** Largest absolute difference from the golden pixel values of a folder, over all its cases. */
async function compareWithOracle(folder: string): Promise<{ images: number; largest: number }> {
  const home = join(shared, 'oracle', folder);
  const isLab = folder === 'lab';
  const settings = isLab ? settingsOf(join(shared, 'lab/base'), 'preprocessor_config.json') : settingsOf(home);
  const golden = isLab ? 'golden-base' : 'golden';
  const tensors = readFloats(join(home, `${golden}.safetensors`));
  let images = 0;
  let largest = 0;
  for (const { case: id, images: names } of JSON.parse(readFileSync(join(home, `${golden}.json`), 'utf8'))) {
    let at = 0;
    for (const name of names) {
      const path = isLab ? labImage(name) : join(home, 'images', name);
      const { pixelValues } = processImage(await decoder.decode(path), settings);
      const expected = tensors(`${id}.pixel_values`).subarray(at, at + pixelValues.length);
      assert.equal(expected.length, pixelValues.length);
      expected.forEach((value, i) => (largest = Math.max(largest, Math.abs(value - pixelValues[i]!))));
      at += pixelValues.length;
      images++;
    }
  }
  return { images, largest };
}

function labImage(name: string): string {
  const lab = join(shared, 'lab');
  const all = readdirSync(lab, { recursive: true, encoding: 'utf8' });
  return join(
    lab,
    all.find((path) => basename(path) === basename(name))!,
  );
}

/** Float32 tensors of a safetensors file by name. */
function readFloats(path: string): (name: string) => Float32Array {
  const bytes = readFileSync(path);
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, start));
  return (name) => {
    const [from, to] = header[name].data_offsets;
    return new Float32Array(Uint8Array.from(bytes.subarray(start + from, start + to)).buffer);
  };
}
