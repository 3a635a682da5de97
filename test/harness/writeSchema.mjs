// Writes media/experiment.schema.json anew from src/core/experiment/schema.ts. A unit test holds them together.
import { Buffer } from 'node:buffer';
import esbuild from 'esbuild';
import { writeFileSync } from 'node:fs';

const { outputFiles } = await esbuild.build({
  entryPoints: ['src/core/experiment/schema.ts'],
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
});
const { experimentJsonSchema } = await import(
  `data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString('base64')}`
);
writeFileSync('media/experiment.schema.json', JSON.stringify(experimentJsonSchema(), null, 2) + '\n');
