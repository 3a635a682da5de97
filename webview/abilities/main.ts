/** The Abilities panel: how well every checkpoint and hybrid sees, reasons about what it sees, and reasons. */
import '@vscode/codicons/dist/codicon.css';
import '../kit/kit.css';
import '../kit/runPage.css';
import '../kit/badge.css';
import './styles.css';
import './items.css';
import type { AbilitiesHostSurface, AbilitiesPageSurface } from '../../src/shared/protocol/abilities';
import { connectHost } from '../kit/host';
import { notice } from '../kit/notice';
import { PageModel } from '../kit/pageModel';
import { onThemeChange } from '../kit/theme';
import { AbilitiesPage } from './abilitiesPage';
import type { AbilitiesModel } from './model';
import { restoreView } from './view';

const { peer, memory } = connectHost<AbilitiesPageSurface, AbilitiesHostSurface>({
  update: (state) => {
    model.receive(state);
    return null;
  },
});
const note = notice();
const model: AbilitiesModel = new PageModel(memory, restoreView, () => page.draw());
const page = new AbilitiesPage(model, peer, note);
document.body.append(page.element);
onThemeChange(() => page.changeTheme());
window.addEventListener('scroll', () => model.keepScroll(window.scrollY), { passive: true });
void note.guard(page.begin());
