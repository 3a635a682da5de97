/** The Training panel: what a train run does step by step, other arms laid over it, and rollouts on the way. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import './styles.css';
import type { TrainingHostSurface, TrainingPageSurface } from '../../src/shared/protocol/training';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import type { TrainingModel } from './model';
import { TrainingPage } from './trainingPage';
import { restoreView } from './view';

const { peer, memory } = connectHost<TrainingPageSurface, TrainingHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: TrainingModel = new PageModel(memory, restoreView, () => page.draw());
const page = new TrainingPage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin(memory.shown !== undefined));
