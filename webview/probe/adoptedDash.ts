/** The adopted rate: thin and dotted, without markers. */
export const adoptedDash: readonly number[] = [1.5, 3];
