import type { DatasetItem } from '../../src/core/evaluate/dataset';

/** A question with its answer and nothing else, but for `given`. */
export function datasetItem(given: Partial<DatasetItem> & Pick<DatasetItem, 'id'>): DatasetItem {
  return {
    question: `What is ${given.id}?`,
    answer: '1',
    image: null,
    choices: [],
    answerType: null,
    unit: null,
    precision: null,
    description: null,
    reasoning: null,
    category: null,
    ...given,
  };
}
