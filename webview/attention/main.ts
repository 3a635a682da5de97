/** The Attention panel: how much generated tokens look at the image, layer by layer, model by model, and where. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import './styles.css';
import type { AttentionHostSurface, AttentionPageSurface } from '../../src/shared/protocol/attention';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import { AttentionPage } from './attentionPage';
import type { AttentionModel } from './model';
import { restoreView } from './view';

const { peer, memory } = connectHost<AttentionPageSurface, AttentionHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: AttentionModel = new PageModel(memory, restoreView, () => page.draw());
const page = new AttentionPage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin());
