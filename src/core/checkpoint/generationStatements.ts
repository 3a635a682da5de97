/** What generation_config.json and tokenizer_config.json say. */
import type { ModelConfig } from './modelConfig';
import { changesAnswers, harmless, isStatement, leavesOf, statement, unread } from './sidecarStatement';
import type { SidecarRule, SidecarStatement } from './sidecarStatement';
import type { JsonObject, JsonValue } from './strictJson';

const generation = 'generation_config.json';
const tokenizer = 'tokenizer_config.json';

const sampling = harmless('Greedy answers, which are all that is computed here, do not depend on it.');
const sampled = new Set(
  ['do_sample', 'temperature', 'top_k', 'top_p', 'min_p', 'typical_p', 'num_beams', 'repetition_penalty'].concat([
    'no_repeat_ngram_size',
    'length_penalty',
    'max_length',
    'max_new_tokens',
    'penalty_alpha',
  ]),
);

/**
 * The stop tokens that hold: those of generation_config.json, else config.json's. Their order does not matter.
 * @param eosTokenIds of generation_config.json; null where it has none
 */
export function stopTokenStatement(eosTokenIds: readonly number[] | null, config: ModelConfig): SidecarStatement[] {
  const ids = [...new Set(eosTokenIds ?? config.eosTokenIds)].sort((a, b) => a - b);
  const rule = changesAnswers('Greedy answers stop at other tokens.');
  return [statement(generation, 'eos_token_id', ids, rule)].filter(isStatement);
}

export function generationStatements(file: string, fields: JsonObject): SidecarStatement[] {
  const leaves = [...leavesOf(file, fields)].filter(([field]) => field !== 'eos_token_id');
  return leaves
    .map(([field, value]) => statement(generation, field, value, sampled.has(field) ? sampling : unread))
    .filter(isStatement);
}

/** @param template the chat template; null where there is none */
export function tokenizerConfigStatements(
  file: string,
  fields: JsonObject,
  template: string | null,
): SidecarStatement[] {
  // The chat template and the added tokens are compared for themselves, wherever they stand.
  const elsewhere = new Set(['added_tokens_decoder', 'chat_template']);
  const stated = new Map<string, JsonValue>();
  for (const [field, value] of leavesOf(file, fields, new Set([...elsewhere, ...specialTokens(fields)]))) {
    if (!elsewhere.has(field)) stated.set(field, textOf(value));
  }
  return [...stated]
    .map(([field, value]) => statement(tokenizer, field, value, tokenizerConfigRule(field, template)))
    .filter(isStatement);
}

function specialTokens(fields: JsonObject): string[] {
  return [...fields.keys()].filter((key) => key.endsWith('_token'));
}

/** A token is written as its text, or as an object with its text and how it is matched. */
function textOf(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(textOf);
  return value instanceof Map ? ((value as JsonObject).get('content') ?? value) : value;
}

function tokenizerConfigRule(field: string, template: string | null): SidecarRule {
  if (field.endsWith('_token')) {
    const isUsed = template?.includes(field) ?? false;
    return isUsed
      ? changesAnswers(`The chat template writes ${field} into prompts.`)
      : harmless(`The chat template does not use ${field}.`);
  }
  if (field === 'additional_special_tokens') {
    return changesAnswers('Special tokens are left out of the answers, and these are others.');
  }
  return field === 'remove_space' ? changesAnswers('Spaces around texts are treated otherwise.') : unread;
}
