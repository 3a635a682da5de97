/** Pieces of the launch scripts. */

/** A variable that the user may set, with what it means. */
export interface ScriptVariable {
  readonly name: string;
  readonly value: string;
  readonly comment: string;
}

export function variableLines(variables: readonly ScriptVariable[]): string {
  return variables.map(({ name, value, comment }) => `# ${comment}\n${name}="\${${name}:-${value}}"`).join('\n');
}

/** One setting of the trainer. Values are the script's own words: numbers, or `"$VARIABLE"` in quotes. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

/** Settings under the heading that says where they come from. */
export interface SettingGroup {
  readonly comment: string;
  readonly settings: readonly Setting[];
}

/** A Bash array, so that there is room for comments. */
export function settingsArray(groups: readonly SettingGroup[]): string {
  const lines = groups.flatMap(({ comment, settings }) => [
    `  # ${comment}`,
    ...settings.map(({ key, value }) => `  ${key}=${value}`),
  ]);
  return `settings=(\n${lines.join('\n')}\n)`;
}

export function settings(values: Readonly<Record<string, string | number | boolean>>): Setting[] {
  return Object.entries(values).map(([key, value]) => ({ key, value: String(value) }));
}

/** Text inside a comment of a script or of Python: one line, whatever a name holds. */
export function commentText(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what must not get through
  return text.replace(/[\u0000-\u001f\u007f\u2028\u2029]+/g, ' ');
}

/** The opening lines of every launch script. */
export function scriptHead(title: string, variables: readonly ScriptVariable[], checks: string): string {
  return `#!/usr/bin/env bash
# ${commentText(title)}
# Every variable below can be set from outside: MODEL=… GPUS=4 bash run.sh
set -euo pipefail
HERE="$(cd "$(dirname "\${BASH_SOURCE[0]}")" && pwd)"

# The start checkpoint on the cluster.
MODEL="\${MODEL:?set MODEL to the folder of the start checkpoint (README.md, step 2)}"
${variableLines(variables)}

${checks}
# freeze_hook.py and frozen.json lie here; workers on other nodes find them if the folder is on a shared disk.
export PYTHONPATH="$HERE\${PYTHONPATH:+:$PYTHONPATH}"
`;
}
