/** The Reasoning panel: accuracy with one layer made identity, layer by layer, and the items behind every layer. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import '../kit/badge.css';
import './styles.css';
import type { ReasoningHostSurface, ReasoningPageSurface } from '../../src/shared/protocol/reasoning';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import type { ReasoningModel } from './model';
import { ReasoningPage } from './reasoningPage';
import { restoreView } from './view';

const { peer, memory } = connectHost<ReasoningPageSurface, ReasoningHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: ReasoningModel = new PageModel(memory, restoreView, () => page.draw());
const page = new ReasoningPage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin());
