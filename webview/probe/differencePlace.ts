/**
 * Where a run's difference stands beside its layer, so that runs do not hide each other. A layer is 1 wide. No DOM.
 * @param place of the run among `count`
 */
export function sidestep(place: number, count: number): number {
  return count < 2 ? 0 : (place / (count - 1) - 0.5) * 0.4;
}
