/** Brings the reader back to where they were before a reload, unless they go their own way first. */
export class ScrollReturn {
  /** Pixels from the top; null when it is done. */
  private place: number | null;

  constructor(place: number) {
    this.place = place;
    for (const own of ['wheel', 'keydown', 'pointerdown']) {
      window.addEventListener(own, () => (this.place = null), { passive: true });
    }
  }

  /** Everything stands where it stood. */
  go(): void {
    if (this.place !== null) window.scrollTo({ top: this.place });
    this.place = null;
  }
}
