/** A figure as two files: its data, and a short script that draws them with matplotlib. */
import type { Regions } from '../../../shared/vocabulary';
import { regionNames, regionTitles } from '../../../shared/vocabulary';
import type { CsvValue } from '../../../shared/csv';
import { csvTable } from '../csv';
import type { ExportedFile } from '../exportedFile';

/** @param script what comes after the rows are read, in Python; texts of others come into it by {@link literal} alone */
export function pythonFigure<C extends string>(
  name: string,
  columns: readonly C[],
  rows: readonly Readonly<Partial<Record<C, CsvValue>>>[],
  script: string,
): ExportedFile[] {
  if (rows.length === 0) return [];
  return [
    { name: `${name}.csv`, content: csvTable(columns, rows) },
    { name: `${name}.py`, content: `${opening(name)}${script}${closing}` },
  ];
}

/** A text as a Python literal: JSON's escapes mean the same there. Other values as Python writes them. */
export function literal(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return JSON.stringify(value);
}

/** Half-open ranges of layers with their names, for axvspan. */
export function regionsLiteral(regions: Regions | null): string {
  if (!regions) return '[]';
  return `[${regionNames.map((name) => `(${literal(regionTitles[name])}, ${regions[name].join(', ')})`).join(', ')}]`;
}

function opening(name: string): string {
  return `"""Draws the table that lies beside this file and has its name. Needs matplotlib: pip install matplotlib"""
import csv
from pathlib import Path

import matplotlib.pyplot as plt

NAME = ${literal(name)}
HERE = Path(__file__).resolve().parent
with open(HERE / (NAME + ".csv"), newline="", encoding="utf-8") as file:
    rows = list(csv.DictReader(file))

colours = ["#0072b2", "#d55e00", "#007a5a", "#a8479a", "#946200", "#4d4d4d"]
plt.rcParams["axes.prop_cycle"] = plt.cycler(color=colours)
plt.rcParams["font.size"] = 9


def distinct(column, of):
    return list(dict.fromkeys(row[column] for row in of))


def plain(text):
    """Names are no formulas, and those that begin with _ are not hidden from the legend."""
    return (" " + text if text.startswith("_") else text).replace("$", r"\\$")

`;
}

const closing = `
for ending in ("pdf", "png"):
    fig.savefig(HERE / (NAME + "." + ending), dpi=300, bbox_inches="tight")
`;
