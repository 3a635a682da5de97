import { findSourceMap } from 'node:module';

/**
 * A stack with places in the sources. Node does this by itself, but not in the extension host, where VS Code formats
 * stacks. Only files loaded after `process.setSourceMapsEnabled(true)` have a map.
 */
export function mapStack(stack: string): string {
  return stack.replace(/([^\s()]+):(\d+):(\d+)/g, (place, file: string, line: string, column: string) => {
    const entry = findSourceMap(file)?.findEntry(Number(line) - 1, Number(column) - 1);
    if (!entry || !('originalSource' in entry)) return place;
    return `${entry.originalSource.replace(/^file:\/\//, '')}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  });
}
