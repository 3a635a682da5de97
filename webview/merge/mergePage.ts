import { paintDonors } from '../../src/shared/donorMap';
import type {
  MergeColumn,
  MergeHostSurface,
  MergePageSurface,
  MergeState,
  MethodInfo,
  Tried,
} from '../../src/shared/protocol/merge';
import type { RpcPeer } from '../../src/shared/rpc';
import { button } from '../kit/controls';
import { element, setText } from '../kit/dom';
import type { Notice } from '../kit/notice';
import { ScrollReturn } from '../kit/scrollReturn';
import { readTheme } from '../kit/theme';
import { EvaluateView } from './evaluateView';
import { donorLooks } from './donorLooks';
import { DonorPalette } from './donorPalette';
import { HistoryView } from './historyView';
import { HybridCard } from './hybridCard';
import type { MergeModel } from './model';
import { firstRecipe } from './recipeForm';
import { RecipeBar } from './recipeBar';
import { RecipeGrid } from './recipeGrid';
import { rowsOf, type Row } from './rows';
import { TrialRun } from './trialRun';
import { TryView } from './tryView';
import { chosenDonor, chosenHybrid } from './view';
import { WriteView } from './writeView';

/** Calls that change the file and answer with the state after it. */
type Edit =
  | 'paint'
  | 'preset'
  | 'add'
  | 'compute'
  | 'duplicate'
  | 'rename'
  | 'remove'
  | 'restore'
  | 'clearTried'
  | 'evaluate'
  | 'write';

/** The page: its parts, and what their controls ask of the host. */
export class MergePage {
  readonly element: HTMLElement;
  private readonly title = element('h1', {}, 'Merge wizard');
  private readonly subtitle = element('p', { class: 'muted' });
  private readonly problem = element('p', { class: 'message failed', role: 'status' });
  private readonly palette: DonorPalette;
  private readonly bar: RecipeBar;
  private readonly grid: RecipeGrid;
  private readonly card: HybridCard;
  private readonly trying: TryView;
  private readonly evaluating: EvaluateView;
  private readonly writing: WriteView;
  private readonly history: HistoryView;
  private readonly chosen: HTMLElement;
  private readonly hint = element('p', { class: 'muted hint' });
  private readonly empty = element('p', { class: 'empty' });
  private readonly loading = element('p', { class: 'empty', role: 'status' }, 'Reading the file…');
  private readonly content: HTMLElement;
  private readonly scroll: ScrollReturn;
  private readonly trials: TrialRun;
  private theme = readTheme();
  private asked = 0;
  private methods: readonly MethodInfo[] = [];

  constructor(
    private readonly model: MergeModel,
    private readonly peer: RpcPeer<MergePageSurface, MergeHostSurface>,
    private readonly note: Notice,
  ) {
    this.scroll = new ScrollReturn(model.view.scroll);
    this.trials = new TrialRun(model, peer);
    const onHybrid = (work: (hybrid: string) => void) => {
      const hybrid = this.hybrid();
      if (hybrid) work(hybrid.name);
    };
    this.palette = new DonorPalette((donor) => model.change({ donor }));
    this.bar = new RecipeBar({
      add: (hybrids) => this.edit('add', { hybrids }, hybrids[0]?.name),
      compute: (pair) => {
        const [method] = this.methods.filter(({ name }) => name === 'linear');
        if (method) this.edit('compute', { hybrid: null, recipe: firstRecipe(method, pair) });
      },
      preset: (preset) => onHybrid((hybrid) => this.edit('preset', { hybrid, preset })),
      pair: (pair) => model.change({ pair }),
      heat: (heat) => model.change({ heat }),
      undo: () => this.ask('undo', null),
      redo: () => this.ask('redo', null),
    });
    this.grid = new RecipeGrid({
      paint: (hybrid, rows) => this.paint(hybrid, rows),
      toggle: (key) => this.toggle(key),
      choose: (hybrid) => {
        if (model.view.hybrid !== hybrid) model.change({ hybrid });
      },
      takeDonor: (number) => {
        const donor = model.state?.donors[number - 1];
        if (donor) model.change({ donor: donor.name });
      },
    });
    this.card = new HybridCard({
      compute: (recipe) => onHybrid((hybrid) => this.edit('compute', { hybrid, recipe })),
      rename: (name) => onHybrid((hybrid) => this.edit('rename', { hybrid, name }, name)),
      duplicate: () => onHybrid((hybrid) => this.edit('duplicate', { hybrid })),
      remove: () => onHybrid((hybrid) => this.edit('remove', { hybrid })),
      copy: (format) => onHybrid((hybrid) => void note.guard(this.copy(hybrid, format))),
      openFile: () => onHybrid((hybrid) => this.ask('openFile', { hybrid })),
    });
    this.trying = new TryView(model.view, {
      prompt: (prompt) => model.change({ prompt }),
      tokens: (maxNewTokens) => model.change({ maxNewTokens }),
      pickImage: () => void note.guard(this.trials.pickImage()),
      forgetImage: () => this.trials.forgetImage(),
      try: () => void note.guard(this.try()),
      cancel: () => this.trials.cancel(),
    });
    this.evaluating = new EvaluateView(() => onHybrid((hybrid) => this.edit('evaluate', { hybrid })));
    this.writing = new WriteView({
      write: (output) => onHybrid((hybrid) => this.edit('write', { hybrid, output })),
      cancel: (step) => this.ask('cancelWrite', { step }),
      show: (step) => this.ask('showWritten', { step }),
    });
    this.history = new HistoryView({
      recall: (tried) => void note.guard(this.recall(tried)),
      restore: (tried) => this.edit('restore', { tried }),
      clear: () => this.edit('clearTried', null),
    });
    const open = button({
      label: 'Open File',
      icon: 'go-to-file',
      onClick: () => this.ask('openFile', { hybrid: null }),
    });
    const header = element(
      'header',
      {},
      element('div', { class: 'titles' }, this.title, this.subtitle),
      element('div', { class: 'actions' }, open),
      element('div', { class: 'standing' }, this.problem),
    );
    this.chosen = element(
      'div',
      { class: 'side' },
      this.card.element,
      this.trying.element,
      this.evaluating.element,
      this.writing.element,
      this.history.element,
    );
    const picture = element(
      'div',
      { class: 'picture-side' },
      this.palette.element,
      element('div', { class: 'recipe-box' }, this.grid.element),
      this.hint,
      this.empty,
    );
    this.content = element(
      'main',
      { hidden: true },
      this.bar.element,
      element('div', { class: 'halves' }, picture, this.chosen),
    );
    this.element = element('div', { class: 'page' }, header, note.element, this.loading, this.content);
    this.element.addEventListener('keydown', (event) => this.undoByKey(event));
  }

  /** Asks for the first state. */
  async begin(): Promise<void> {
    this.model.receive(await this.peer.call('ready', null));
    this.methods = await this.peer.call('methods', null);
    this.model.schedule();
  }

  draw(): void {
    const { state, view } = this.model;
    if (!state) return;
    if (state.asked && state.asked.count !== this.asked) {
      this.asked = state.asked.count;
      return this.model.change({ hybrid: state.asked.hybrid });
    }
    this.loading.hidden = true;
    this.content.hidden = false;
    setText(this.subtitle, state.experiment);
    setText(
      this.problem,
      state.problem === null ? '' : `The file has an error and cannot be changed here: ${state.problem}`,
    );
    this.problem.hidden = state.problem === null;
    const looks = donorLooks(state.donors, this.theme);
    const column = chosenHybrid(state, view);
    const donor = chosenDonor(state, view);
    const heat = state.heat.find(({ title }) => title === view.heat) ?? state.heat.at(-1) ?? null;
    this.palette.update(state.donors, looks, donor);
    this.bar.update(state, view, column, heat);
    const rows = state.size ? rowsOf(state.size, new Set(view.open)) : [];
    const hasGrid = rows.length > 0 && state.hybrids.length > 0;
    this.grid.element.hidden = !hasGrid;
    this.hint.hidden = !hasGrid;
    setText(
      this.hint,
      'Click or drag to paint. Arrows move, Shift reaches further, Space paints, 1 to 9 take a donor.',
    );
    if (hasGrid)
      this.grid.update({
        rows,
        columns: state.hybrids,
        looks,
        heat,
        chosen: column?.name ?? null,
        donor,
        theme: this.theme,
      });
    setText(this.empty, emptyText(state));
    this.empty.hidden = hasGrid;
    this.chosen.hidden = column === null;
    if (column) {
      this.card.update(state, column, this.methods);
      this.trying.update(state, column, view, this.trials.image, this.trials.trial);
      this.evaluating.update(state, column);
      this.writing.update(state, column);
    }
    this.history.update(state);
    this.scroll.go();
  }

  changeTheme(): void {
    this.theme = readTheme();
    this.model.schedule();
  }

  private hybrid(): MergeColumn | null {
    return this.model.state && chosenHybrid(this.model.state, this.model.view);
  }

  private paint(hybrid: string, rows: readonly Row[]): void {
    const { state, view } = this.model;
    const donor = state && chosenDonor(state, view);
    const places = rows.flatMap((row) => row.places);
    const isPainted = state?.hybrids.some(({ name, kind }) => name === hybrid && kind === 'transplant');
    if (!state || !isPainted || donor === null || places.length === 0) return;
    // Seen at once; what the file then says replaces it.
    const painted = state.hybrids.map((column) =>
      column.kind === 'transplant' && column.name === hybrid && column.donors
        ? { ...column, donors: paintDonors(column.donors, places, donor) }
        : column,
    );
    if (state.problem === null) this.model.receive({ ...state, hybrids: painted });
    this.edit('paint', { hybrid, donor, places });
  }

  private toggle(key: string): void {
    const { open } = this.model.view;
    this.model.change({ open: open.includes(key) ? open.filter((one) => one !== key) : [...open, key] });
  }

  /** @param then the hybrid that is chosen afterwards, where it is there */
  private edit<K extends Edit>(call: K, params: MergeHostSurface[K]['params'], then?: string): void {
    const before = new Set(this.model.state?.hybrids.map(({ name }) => name));
    const work = async () => {
      try {
        const state: MergeState = await this.peer.call(call, params);
        const added = state.hybrids.find(({ name }) => !before.has(name))?.name;
        const next = added ?? then;
        if (next !== undefined) this.model.change({ hybrid: next });
        this.model.receive(state);
      } catch (error) {
        this.model.receive(await this.peer.call('ready', null)); // what was painted ahead is taken back
        throw error;
      }
    };
    void this.note.guard(work());
  }

  private async copy(hybrid: string, format: 'yaml' | 'mergekit'): Promise<void> {
    const traps = await this.peer.call('copy', { hybrid, format });
    this.note.tell(['The recipe is on the clipboard.', ...traps].join(' '));
  }

  private async try(): Promise<void> {
    const column = this.hybrid();
    if (column) await this.trials.begin(column);
  }

  private async recall(tried: Tried): Promise<void> {
    await this.trials.recall(tried);
    this.trying.element.scrollIntoView({ block: 'nearest' });
  }

  private undoByKey(event: KeyboardEvent): void {
    const isTyping = event.target instanceof HTMLElement && event.target.matches('input, textarea');
    if (isTyping || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    const key = event.key.toLowerCase();
    if (key !== 'z' && key !== 'y') return;
    event.preventDefault();
    this.ask(key === 'y' || event.shiftKey ? 'redo' : 'undo', null);
  }

  private ask<K extends 'undo' | 'redo' | 'openFile' | 'cancelWrite' | 'showWritten'>(
    call: K,
    params: MergeHostSurface[K]['params'],
  ): void {
    void this.note.guard(this.peer.call(call, params));
  }
}

function emptyText({ donors, size, hybrids, problem }: MergeState): string {
  if (donors.length === 0) return problem === null ? 'The file names no checkpoints yet.' : '';
  if (!size) return 'None of the file’s checkpoints can be read, so nobody knows their layers.';
  return hybrids.length === 0 ? 'There are no hybrids yet. Make a new one, or all six of the paper.' : '';
}
