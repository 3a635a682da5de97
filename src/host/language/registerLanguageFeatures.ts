import * as vscode from 'vscode';
import { CheckpointFactsReader } from '../../core/experiment/language/checkpointFacts';
import type { Runs } from '../experiments/runs';
import { Completions } from './completions';
import { Definitions } from './definitions';
import { ExperimentDiagnostics } from './diagnostics';
import { DocumentLinks } from './documentLinks';
import { experimentSelector as files } from './experimentDocuments';
import { HybridCodeLenses } from './hybridCodeLenses';
import { Hovers } from './hovers';
import { QuickFixes } from './quickFixes';
import { StepCodeLenses } from './stepCodeLenses';
import { Symbols } from './symbols';

/** Makes the experiment file a language of its own, whether or not a YAML extension is there. */
export function registerLanguageFeatures(runs: Runs): vscode.Disposable {
  const { languages } = vscode;
  const checkpoints = new CheckpointFactsReader();
  const diagnostics = new ExperimentDiagnostics(checkpoints);
  const lenses = new StepCodeLenses(runs);
  const hybridLenses = new HybridCodeLenses();
  const definitions = new Definitions();
  return vscode.Disposable.from(
    diagnostics,
    lenses,
    hybridLenses,
    languages.registerCodeActionsProvider(files, new QuickFixes(diagnostics), QuickFixes.metadata),
    languages.registerCompletionItemProvider(files, new Completions(), ...Completions.triggers),
    languages.registerHoverProvider(files, new Hovers(runs, checkpoints)),
    languages.registerCodeLensProvider(files, lenses),
    languages.registerCodeLensProvider(files, hybridLenses),
    languages.registerDocumentLinkProvider(files, new DocumentLinks()),
    languages.registerDocumentSymbolProvider(files, new Symbols(), { label: 'Frankenstein' }),
    languages.registerDefinitionProvider(files, definitions),
    languages.registerReferenceProvider(files, definitions),
  );
}
