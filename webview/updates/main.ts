/** The Updates panel: how much each part of a model moved in training, and in how many directions, as it is computed. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import './styles.css';
import type { UpdatesHostSurface, UpdatesPageSurface } from '../../src/shared/protocol/updates';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import type { UpdatesModel } from './model';
import { UpdatesPage } from './updatesPage';
import { restoreView } from './view';

const { peer, memory } = connectHost<UpdatesPageSurface, UpdatesHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: UpdatesModel = new PageModel(memory, restoreView, () => page.draw());
const page = new UpdatesPage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin());
