/** Numbers as people read them. */

/** 1234567 → "1.2 MB". */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** 3300000 → "3.3 M". */
export function quantity(count: number): string {
  const units = ['', ' k', ' M', ' B'];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)}${units[unit]}`;
}

/** Seconds → "8 s", "3 min", "1 h 20 min". */
export function duration(seconds: number): string {
  if (seconds < 59.5) return `${Math.max(0, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 0.4231 → "42.3 %". */
export function percent(rate: number): string {
  return `${(100 * rate).toFixed(1)} %`;
}

/** What moved relative to its norm, in three digits: 0.0022814 → "0.228 %". What did not move is exactly "0". */
export function movedShare(relativeEnergy: number | null): string {
  if (relativeEnergy === null) return 'from zero';
  if (relativeEnergy === 0) return '0';
  const value = 100 * relativeEnergy;
  return `${value >= 99.95 ? Math.round(value) : value.toPrecision(3)} %`;
}
