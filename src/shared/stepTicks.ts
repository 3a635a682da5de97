/** The first step, and round ones up to the last: at most six labels, which do not overlap. */
export function stepTicks(last: number): number[] {
  const least = last / 5;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= least)!;
  const round = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return step === 1 ? round : [1, ...round];
}
