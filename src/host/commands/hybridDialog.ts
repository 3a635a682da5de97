/** Questions one after another, with a way back to the one before. */
import * as vscode from 'vscode';
import { CancelledError } from '../../shared/errors';

/** The user wants the question before. */
export const back = Symbol('back');

/** Where a question stands among the others. */
export interface QuestionPlace {
  readonly title: string;
  /** From 1. */
  readonly step: number;
  readonly totalSteps: number;
}

/** @returns what is known with the answer */
export type Question<T> = (place: QuestionPlace) => Promise<T | typeof back>;

/**
 * Asks until there is nothing more to ask.
 * @param next the question to ask with what is known, null for none
 * @param totalSteps how many questions there are, as far as one can tell
 * @throws CancelledError when the user leaves a question
 */
export async function askInTurn<T>(
  title: string,
  first: T,
  next: (known: T) => Question<T> | null,
  totalSteps: (known: T) => number,
): Promise<T> {
  const path = [first];
  for (;;) {
    const known = path.at(-1)!;
    const question = next(known);
    if (!question) return known;
    const answer = await question({ title, step: path.length, totalSteps: totalSteps(known) });
    if (answer === back) path.pop();
    else path.push(answer);
  }
}

/** One of a list. @throws CancelledError */
export function choose<I extends vscode.QuickPickItem>(
  place: QuestionPlace,
  placeholder: string,
  items: readonly I[],
): Promise<I | typeof back> {
  const input = vscode.window.createQuickPick<I>();
  Object.assign(input, { placeholder, items, matchOnDescription: true, matchOnDetail: true });
  return shown(input, place, (accept) => {
    const [chosen] = input.selectedItems;
    if (chosen) accept(chosen);
  });
}

export interface TextQuestion {
  readonly prompt: string;
  readonly value: string;
  readonly placeholder?: string;
  /** What is wrong with a text; null when nothing is. */
  readonly problem: (text: string) => Promise<string | null> | string | null;
}

/** A text, which is checked while it is typed. @throws CancelledError */
export function enter(place: QuestionPlace, question: TextQuestion): Promise<string | typeof back> {
  const input = vscode.window.createInputBox();
  Object.assign(input, { prompt: question.prompt, value: question.value, placeholder: question.placeholder });
  const check = async () => {
    const text = input.value;
    const problem = await question.problem(text);
    if (input.value === text) input.validationMessage = problem ?? undefined;
    return problem === null;
  };
  const typing = input.onDidChangeValue(() => void check());
  return shown<string>(input, place, async (accept) => {
    const text = input.value;
    if (await check()) accept(text);
  }).finally(() => typing.dispose());
}

function shown<T>(
  input: vscode.QuickInput & { buttons: readonly vscode.QuickInputButton[] } & Pick<
      vscode.QuickPick<vscode.QuickPickItem>,
      'onDidAccept' | 'onDidTriggerButton'
    >,
  { title, step, totalSteps }: QuestionPlace,
  answer: (accept: (value: T) => void) => unknown,
): Promise<T | typeof back> {
  Object.assign(input, { title, step, totalSteps, ignoreFocusOut: true });
  input.buttons = step > 1 ? [vscode.QuickInputButtons.Back] : [];
  return new Promise<T | typeof back>((resolve, reject) => {
    input.onDidAccept(() => void answer(resolve));
    input.onDidTriggerButton((button) => button === vscode.QuickInputButtons.Back && resolve(back));
    input.onDidHide(() => reject(new CancelledError()));
    input.show();
  }).finally(() => input.dispose());
}
