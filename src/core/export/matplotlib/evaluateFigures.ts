import { readEvaluateFacts, readEvaluateRows } from '../../evaluate/evaluateFacts';
import { summariseEvaluate } from '../../evaluate/evaluateSummary';
import { abilityTitle } from '../../experiment/report/evaluateWords';
import type { ReportRun } from '../../experiment/report/reportRun';
import { scoreLines } from '../evaluateTables';
import type { ExportedFile } from '../exportedFile';
import { pythonFigure } from './pythonFigure';

const columns = ['ability', 'checkpoint', 'value', 'low', 'high', 'n', 'floor'] as const;

/** Scores as groups of bars. Null when the folder does not say an evaluation. */
export function evaluateFigures({ id, manifest, rows, state }: ReportRun): ExportedFile[] | null {
  const facts = readEvaluateFacts(manifest.facts);
  if (!facts) return null;
  const own = readEvaluateRows(rows).filter(({ ability }) => Object.hasOwn(facts.abilities, ability));
  const lines = scoreLines(facts, summariseEvaluate(facts, own, state === 'finished')).map(
    ({ ability, checkpoint, value, low, high, n, floorEmpty, floorConstant }) => ({
      ...{ ability: abilityTitle(ability), checkpoint, value, low, high, n },
      floor: floorEmpty === undefined || floorConstant === undefined ? null : Math.max(floorEmpty, floorConstant),
    }),
  );
  return pythonFigure(
    `${id}.bars`,
    columns,
    lines,
    `abilities = distinct("ability", rows)
models = distinct("checkpoint", rows)
width = 0.84 / len(models)
fig, ax = plt.subplots(figsize=(max(4.8, 0.32 * len(models) * len(abilities) + 1.2), 3.4))
for i, model in enumerate(models):
    own = [row for row in rows if row["checkpoint"] == model]
    places = [abilities.index(row["ability"]) - 0.42 + (i + 0.5) * width for row in own]
    values = [100 * float(row["value"]) for row in own]
    below = [value - 100 * float(row["low"]) for value, row in zip(values, own)]
    above = [100 * float(row["high"]) - value for value, row in zip(values, own)]
    hatch = "" if i < len(colours) else "///"
    ax.bar(places, values, 0.9 * width, hatch=hatch, edgecolor="white", linewidth=0, label=plain(model))
    ax.errorbar(places, values, yerr=[below, above], fmt="none", ecolor="black", elinewidth=1, capsize=2)
for i, ability in enumerate(abilities):
    floor = next(row["floor"] for row in rows if row["ability"] == ability)
    if floor != "":
        ax.hlines(100 * float(floor), i - 0.44, i + 0.44, color="black", linestyle=":", linewidth=1.5)
ax.set_xticks(range(len(abilities)), [plain(ability) for ability in abilities])
ax.set_ylim(0, 102)
ax.set_ylabel("Score (%)")
ax.spines[["top", "right"]].set_visible(False)
ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
`,
  );
}
