/** The field's words (README, "Words") as types that every ring shares. */

export const devices = ['cpu', 'webgpu', 'cuda'] as const;
/** What a computation ran on. */
export type Device = (typeof devices)[number];
/** What a user asks for; `auto` takes the best device there is, a named one is used or refused. */
export type DeviceChoice = Device | 'auto';

export const parts = ['vision', 'projector', 'embeddings', 'languageModel', 'head'] as const;
/** A large piece of a vision-language model. Layers are counted within `vision` and within `languageModel`. */
export type Part = (typeof parts)[number];
export const partTitles: Readonly<Record<Part, string>> = {
  vision: 'Vision tower',
  projector: 'Projector',
  embeddings: 'Embeddings',
  languageModel: 'Language model',
  head: 'Head',
};

export const components = ['attention', 'mlp', 'norm'] as const;
/** What a tensor does inside its layer. */
export type Component = (typeof components)[number];
export const componentTitles: Readonly<Record<Component, string>> = {
  attention: 'Attention',
  mlp: 'MLP',
  norm: 'Norm',
};

export const roles = ['base', 'in', 'rl'] as const;
/** A checkpoint's place in the chain Base → IN (supervised cold start) → RL. */
export type Role = (typeof roles)[number];
export const roleTitles: Readonly<Record<Role, string>> = { base: 'Base', in: 'IN', rl: 'RL' };

/** For sorting by place in the chain; what has none comes last. */
export function placeInChain(role: Role | null): number {
  return role === null ? roles.length : roles.indexOf(role);
}

export const regionNames = ['early', 'mid', 'late'] as const;
export type RegionName = (typeof regionNames)[number];
export const regionTitles: Readonly<Record<RegionName, string>> = { early: 'Early', mid: 'Mid', late: 'Late' };
/** Half-open range `[a, b)` of decoder layers, counted from 0. */
export type LayerRange = readonly [number, number];
export type Regions = Readonly<Record<RegionName, LayerRange>>;

export const visionFunctions = ['recognition', 'counting', 'ocr', 'grounding'] as const;
/** What a pair of images asks of the model's sight. */
export type VisionFunction = (typeof visionFunctions)[number];

export const swapModes = ['suffix', 'single', 'window', 'prefix'] as const;
/** In which layers the image's keys and values come from the source image (design: `core/probe/swapLayers.ts`). */
export type SwapMode = (typeof swapModes)[number];

export const abilities = ['vision', 'visionToReasoning', 'reasoning'] as const;
/** What `evaluate` measures: the paper's M_vis, M_v2r and M_rea (arXiv 2602.12395, table 1, equations 4–6). */
export type Ability = (typeof abilities)[number];
export const abilityTitles: Readonly<Record<Ability, string>> = {
  vision: 'Vision',
  visionToReasoning: 'Vision to reasoning',
  reasoning: 'Reasoning',
};

export const settings = ['image', 'black', 'description', 'text'] as const;
/** In what form an item is asked: with its image, a black one of its size, a black one and a description, or none. */
export type Setting = (typeof settings)[number];

export const attentionSpans = ['generated', 'think', 'answer'] as const;
/** Whose attention is measured: all tokens of the text, those inside `<think>`, or those inside `<answer>`. */
export type AttentionSpan = (typeof attentionSpans)[number];
