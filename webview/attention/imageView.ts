import type { AttentionHostSurface, AttentionItem } from '../../src/shared/protocol/attention';
import { button, setDisabled } from '../kit/controls';
import { element, fill, icon, setText } from '../kit/dom';
import { drawing } from '../kit/drawing';
import { tag } from '../kit/svg';
import { itemMaps, largeMap } from './itemMaps';
import { MapGrid } from './mapGrid';
import { scaleBar, scaleBarSize } from './mapPaint';
import { MapView } from './mapView';
import type { AttentionModel, PageSource } from './model';
import { Selector } from '../kit/selector';

/** One item: its image, one map of it large, and all maps small. */
export class ImageView {
  readonly element = element('div', {});
  /** What is shown; null while it is on its way. */
  item: AttentionItem | null = null;
  private readonly chooser: Selector;
  private readonly back = button({
    label: 'Previous item',
    icon: 'arrow-left',
    iconOnly: true,
    onClick: () => this.turn(-1),
  });
  private readonly forth = button({
    label: 'Next item',
    icon: 'arrow-right',
    iconOnly: true,
    onClick: () => this.turn(1),
  });
  private readonly place = element('span', { class: 'muted', 'aria-live': 'polite' });
  private readonly question = element('p', { class: 'question' });
  private readonly picture = element('figure', { class: 'original' });
  private readonly large = new MapView();
  private readonly maps: MapGrid;
  private readonly bar = element('div', { class: 'legend' });
  private readonly body: HTMLElement;
  private readonly none = element('p', { class: 'empty' }, 'There is no item to show yet.');
  private ids: readonly string[] = [];
  /** The item asked for, and how far the run had come. */
  private asked = '';
  private doneThen = 0;
  private shownPicture = '';
  private shown: { readonly item: AttentionItem | null; readonly print: string } = { item: null, print: '' };
  private request: AbortController | undefined;

  constructor(
    private readonly model: AttentionModel,
    private readonly ask: (
      query: AttentionHostSurface['item']['params'],
      signal: AbortSignal,
    ) => Promise<AttentionItem>,
    private readonly guard: (work: Promise<unknown>) => Promise<void>,
  ) {
    this.chooser = new Selector('Item', (id) => model.change({ item: id }));
    this.maps = new MapGrid((place) => model.change({ place }));
    const controls = element('div', { class: 'controls', role: 'group', 'aria-label': 'Item' });
    controls.append(this.back, this.forth, this.chooser.element, this.place);
    const explanation = element(
      'p',
      { class: 'muted explanation' },
      'Below: a map for each checkpoint and layer, with its mass on the image and on the sink. Click one, or press Enter, to see it large.',
    );
    const top = element('div', { class: 'item-top' }, this.picture, this.large.element);
    this.body = element('div', {}, this.question, this.bar, top, explanation, this.maps.element);
    this.element.append(controls, this.none, this.body);
  }

  update(source: PageSource): void {
    const { state, view } = source;
    this.ids = state.facts.items;
    const id = this.chosen();
    this.chooser.offer(
      this.ids.map((value) => ({ value, label: value })),
      id ?? '',
    );
    this.none.hidden = id !== null;
    if (id === null) {
      this.body.hidden = true;
      return;
    }
    const at = this.ids.indexOf(id);
    setText(this.place, `${at + 1} of ${this.ids.length}`);
    setDisabled(this.back, at > 0 ? null : 'This is the first item.');
    setDisabled(this.forth, at < this.ids.length - 1 ? null : 'This is the last item.');
    this.demand(id, source);
    const item = this.item?.id === id ? this.item : null;
    this.body.hidden = item === null;
    if (!item) return;
    const { hidden, scale, root, under, place } = view;
    const print = JSON.stringify([
      hidden,
      scale,
      root,
      under,
      place,
      state.facts.layers,
      state.checkpoints,
      source.theme,
    ]);
    // A run tells of news all the time, and images would flicker.
    if (item === this.shown.item && print === this.shown.print) return;
    this.shown = { item, print };
    this.show(item, source);
  }

  private show(item: AttentionItem, { state, view, theme }: PageSource): void {
    setText(this.question, item.question ?? '');
    this.question.hidden = item.question === null;
    this.showPicture(item);
    const maps = itemMaps(state, view, item);
    const large = largeMap(maps, view);
    const content = { image: item.image, view, theme };
    this.large.element.hidden = large === null;
    if (large) this.large.update(large, content);
    const bar = scaleBar(view.scale === 'common' ? maps.common : null, view, theme);
    fill(this.bar, drawing(tag('g', {}, ...bar), scaleBarSize.width, scaleBarSize.height, theme.fontFamily));
    this.maps.update(`Attention on the image of ${item.id}, by checkpoint and layer`, maps, large, content);
  }

  /** Asks for the item unless it is there; one that is not read everywhere is asked for again when the run has gone on. */
  private demand(id: string, { state }: PageSource): void {
    const wanted = state.facts.layers.length * state.facts.checkpoints.length;
    // A run that begins anew has fewer items than before: what is known is that of the run set aside.
    const goesOn = state.run.done >= this.doneThen;
    const isWhole = goesOn && this.item?.id === id && this.item.rows.length >= wanted;
    this.doneThen = state.run.done;
    const asked = JSON.stringify([id, state.run.done, state.run.state]);
    if (isWhole || asked === this.asked) return;
    this.asked = asked;
    void this.guard(this.load(id));
  }

  private async load(id: string): Promise<void> {
    this.request?.abort();
    const request = (this.request = new AbortController());
    this.element.setAttribute('aria-busy', 'true');
    try {
      const item = await this.ask({ id }, request.signal);
      if (request !== this.request) return;
      this.item = item;
      this.model.schedule();
    } finally {
      if (request === this.request) this.element.removeAttribute('aria-busy');
    }
  }

  private chosen(): string | null {
    const { item } = this.model.view;
    return item !== null && this.ids.includes(item) ? item : (this.ids[0] ?? null);
  }

  private turn(step: number): void {
    const id = this.chosen();
    const next = id === null ? undefined : this.ids[this.ids.indexOf(id) + step];
    if (next !== undefined) this.model.change({ item: next });
  }

  private showPicture({ id, image }: AttentionItem): void {
    const print = JSON.stringify([id, image]);
    if (print === this.shownPicture) return;
    this.shownPicture = print;
    const gone = () => element('div', { class: 'picture missing' }, icon('file-media'), 'The file is gone');
    let shown: HTMLElement;
    if (image === null) {
      shown = gone();
    } else {
      const picture = element('img', { class: 'picture', src: image, alt: `Image of ${id}` });
      picture.addEventListener('error', () => picture.replaceWith(gone()));
      shown = picture;
    }
    fill(this.picture, element('h3', {}, 'Image'), shown);
  }
}
