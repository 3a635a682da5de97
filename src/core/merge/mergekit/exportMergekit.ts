/** A hybrid of the experiment file as mergekit's YAML, in its `modules` form: what a vision-language model needs. */
import { Document, isScalar, visit } from 'yaml';
import type { Regions } from '../../../shared/vocabulary';
import type { ArithmeticSpec } from '../methods/arithmeticSpec';
import type { TransplantSpec } from '../transplant';
import { exportArithmetic } from './exportArithmetic';
import { exportTransplant } from './exportTransplant';

export interface ExportOptions {
  readonly numLayers: number;
  readonly visionLayers: number;
  readonly regions: Regions;
  /** What stands for a checkpoint in the file: a folder or a name on the Hub. */
  readonly pathOf: (checkpoint: string) => string;
  /** Of the weights that are written, as mergekit names it. */
  readonly dtype: 'bfloat16' | 'float16' | 'float32';
}

export interface MergekitExport {
  readonly text: string;
  /** What mergekit makes of the file otherwise than the hybrid. A sentence each. */
  readonly traps: readonly string[];
}

/** A file as mergekit takes it, before it is text. */
export interface MergekitContent {
  readonly content: Readonly<Record<string, unknown>>;
  readonly traps: readonly string[];
}

const sidecarTrap =
  'mergekit copies configuration, tokenizer and preprocessor_config.json of base_model, but no processor_config.json.';

/** @throws InputError when the hybrid is wrong for models of this depth */
export function exportMergekit(spec: TransplantSpec | ArithmeticSpec, options: ExportOptions): MergekitExport {
  const { content, traps } = 'method' in spec ? exportArithmetic(spec, options) : exportTransplant(spec, options);
  const text = textOf(content);
  return { text, traps: [...traps, sidecarTrap] };
}

/** YAML 1.1, as PyYAML reads it; lists of numbers on one line. */
function textOf(content: object): string {
  const document = new Document(content, { version: '1.1', aliasDuplicateObjects: false });
  visit(document, {
    Seq(_, list) {
      if (list.items.every((item) => isScalar(item) && typeof item.value === 'number')) list.flow = true;
    },
  });
  return document.toString({ lineWidth: 0, flowCollectionPadding: false });
}
