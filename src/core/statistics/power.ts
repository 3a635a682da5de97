import { normalQuantile } from './normalQuantile';

/**
 * Items needed so that a paired comparison of two models shows a difference: exact McNemar at `alpha`, two-sided, with
 * probability `power`, by the normal approximation n = (z₁₋α⸝₂·√ψ + z_power·√(ψ − δ²))² / δ² (Connor, Biometrics 43
 * (1987), 207–211, equation 3).
 * @param difference δ, a share: how much more often one model is right
 * @param discordant ψ, a share: items that just one of the two has right
 * @returns null where δ is 0 or larger than ψ: no such pair of models exists
 */
export function itemsNeeded(difference: number, discordant: number, alpha = 0.05, power = 0.8): number | null {
  const delta = Math.abs(difference);
  if (!(delta > 0 && delta <= discordant && discordant <= 1)) return null;
  const reach =
    normalQuantile(1 - alpha / 2) * Math.sqrt(discordant) +
    normalQuantile(power) * Math.sqrt(discordant - delta * delta);
  return Math.ceil((reach / delta) ** 2);
}
