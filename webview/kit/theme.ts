import { legible, opaque } from './colour';

/** What a canvas or an SVG file needs of the editor's theme. Colours are `#rrggbb`. */
export interface Theme {
  readonly background: string;
  readonly foreground: string;
  /** Axis labels, captions. */
  readonly muted: string;
  readonly grid: string;
  /** Regions of layers, behind the curves. */
  readonly shade: string;
  /** The selected layer. */
  readonly accent: string;
  /** One for each series; a series is told apart by its line and marker too. */
  readonly series: readonly string[];
  readonly tooltip: { readonly background: string; readonly foreground: string; readonly border: string };
  readonly fontFamily: string;
  /** Pixels. */
  readonly fontSize: number;
  readonly highContrast: boolean;
}

/** Each with what stands in for it where a theme leaves it out. */
const seriesVariables = [
  ['charts-blue', '#3794ff'],
  ['charts-orange', '#d18616'],
  ['charts-green', '#89d185'],
  ['charts-purple', '#b180d7'],
  ['charts-red', '#f14c4c'],
  ['charts-foreground', '#cccccc'],
] as const;

/** Reads the theme as it is now. */
export function readTheme(): Theme {
  const styles = getComputedStyle(document.documentElement);
  const variable = (name: string) => styles.getPropertyValue(`--vscode-${name}`).trim();
  const reduce = canvasColours();
  const background = opaque(reduce(variable('editor-background'), '#1e1e1e'), '#000000');
  const colour = (name: string, otherwise: string) => opaque(reduce(variable(name), otherwise), background);
  const foreground = colour('editor-foreground', colour('foreground', '#cccccc'));
  const { classList } = document.body;
  const highContrast = classList.contains('vscode-high-contrast') || classList.contains('vscode-high-contrast-light');
  return {
    background,
    foreground,
    muted: highContrast ? foreground : colour('descriptionForeground', foreground),
    grid: mixed(foreground, background, highContrast ? 0.35 : 0.12),
    shade: mixed(foreground, background, highContrast ? 0.13 : 0.055),
    accent: colour('focusBorder', foreground),
    series: seriesVariables.map(([name, otherwise]) =>
      legible(colour(name, otherwise), background, foreground, highContrast ? 4.5 : 3),
    ),
    tooltip: {
      background: colour('editorHoverWidget-background', background),
      foreground: colour('editorHoverWidget-foreground', foreground),
      border: colour('editorHoverWidget-border', foreground),
    },
    fontFamily: variable('font-family') || 'sans-serif',
    fontSize: parseFloat(variable('font-size')) || 13,
    highContrast,
  };
}

/** Tells of every change of theme: VS Code exchanges the variables on the root element and the classes of the body. */
export function onThemeChange(listener: () => void): void {
  let waiting = false;
  const observer = new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      listener();
    });
  });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  observer.observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-kind', 'data-vscode-theme-id'],
  });
}

function mixed(colour: string, background: string, share: number): string {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return opaque(`rgba(${channels.join(', ')}, ${share})`, background);
}

/** A canvas reduces every colour that CSS knows to `#rrggbb` or `rgba(…)`; what it does not know it leaves alone. */
function canvasColours(): (colour: string, otherwise: string) => string {
  const context = document.createElement('canvas').getContext('2d');
  return (colour, otherwise) => {
    if (!context) return otherwise;
    context.fillStyle = otherwise;
    if (colour) context.fillStyle = colour;
    return context.fillStyle;
  };
}
