import { describeError, isCancelled } from '../../src/shared/errors';
import { button } from './controls';
import { element, fill, icon } from './dom';
import { sentence } from './sentence';

export interface Notice {
  readonly element: HTMLElement;
  /** Something is done: said once, quietly. */
  tell(message: string): void;
  /** Shows why `work` failed, if it does; cancelled work has not failed. */
  guard(work: Promise<unknown>): Promise<void>;
  /** The page says `failure` elsewhere now: it is not said twice. */
  retract(failure: string): void;
}

/** What is done is said for a while; what went wrong stays until it is dismissed. */
const tellMs = 8000;

/** One line for what goes wrong and what is done; it interrupts nothing. */
export function notice(): Notice {
  const alert = element('div', { role: 'alert' });
  const status = element('div', { role: 'status' });
  let failure = '';
  const box = element('div', { class: 'notice' }, alert, status);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const clear = () => {
    clearTimeout(timer);
    failure = '';
    fill(alert);
    fill(status);
  };
  const dismiss = () => button({ label: 'Dismiss', icon: 'close', iconOnly: true, onClick: clear });
  return {
    element: box,
    tell(message) {
      clear();
      timer = setTimeout(clear, tellMs);
      fill(status, icon('check'), element('span', {}, message), dismiss());
    },
    async guard(work) {
      try {
        await work;
      } catch (error) {
        if (isCancelled(error)) return;
        clear();
        failure = describeError(error);
        fill(alert, icon('error'), element('span', {}, sentence(failure)), dismiss());
      }
    },
    retract(said) {
      if (said === failure) clear();
    },
  };
}
