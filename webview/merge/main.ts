/** The merge wizard: the hybrids of an experiment file as columns of donors, painted, tried and written. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import './recipe.css';
import './side.css';
import './styles.css';
import type { MergeHostSurface, MergePageSurface } from '../../src/shared/protocol/merge';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import { MergePage } from './mergePage';
import type { MergeModel } from './model';
import { restoreView } from './view';

const { peer, memory } = connectHost<MergePageSurface, MergeHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: MergeModel = new PageModel(memory, restoreView, () => page.draw());
const page = new MergePage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin());
