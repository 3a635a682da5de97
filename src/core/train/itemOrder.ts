import { namedRandom } from '../statistics/namedRandom';

/** Which items a step takes: all of them once in every epoch, in an order that is drawn anew for each. */
export class ItemOrder {
  private epoch = -1;
  private order: number[] = [];

  constructor(
    private readonly items: number,
    private readonly seed: number,
  ) {}

  /** Places of the `batch` items of a step, from 0. A batch may reach into the next epoch. @param step from 1 */
  of(step: number, batch: number): number[] {
    const start = (step - 1) * batch;
    return Array.from({ length: batch }, (_, i) => this.at(start + i));
  }

  private at(place: number): number {
    const epoch = Math.floor(place / this.items);
    if (epoch !== this.epoch) {
      this.epoch = epoch;
      this.order = shuffled(this.items, namedRandom(this.seed, `order of epoch ${epoch}`));
    }
    return this.order[place % this.items]!;
  }
}

/** Fisher and Yates. */
function shuffled(count: number, random: () => number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1));
    [order[i], order[other]] = [order[other]!, order[i]!];
  }
  return order;
}
