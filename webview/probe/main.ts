/** The Probe panel: a swap run's curves as they grow, other runs laid over them, and the pairs behind every point. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import '../kit/badge.css';
import './styles.css';
import type { ProbeHostSurface, ProbePageSurface } from '../../src/shared/protocol/probe';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import type { ProbeModel } from './model';
import { ProbePage } from './probePage';
import { restoreView } from './view';

const { peer, memory } = connectHost<ProbePageSurface, ProbeHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: ProbeModel = new PageModel(memory, restoreView, () => page.draw());
const page = new ProbePage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin(memory.shown !== undefined));
