/** Composition root: builds the extension's objects and registers them. */
import * as vscode from 'vscode';
import { registerCheckpointCommands } from './host/commands/checkpointCommands';
import { registerCompareCommands } from './host/commands/compareCommands';
import { registerCudaCommands } from './host/commands/cudaCommands';
import { registerDeviceCommands } from './host/commands/deviceCommands';
import { registerExportCommands } from './host/commands/exportCommands';
import { registerFreezeAndTrain } from './host/commands/freezeAndTrain';
import { registerGeneratePairs } from './host/commands/generatePairs';
import { registerHybridCommands } from './host/commands/hybridCommands';
import { registerImportMergekit } from './host/commands/importMergekit';
import { registerNewExperiment } from './host/commands/newExperiment';
import { registerRunCommands } from './host/commands/runCommands';
import { registerSampleLab } from './host/commands/sampleLab';
import { CudaFiles } from './host/cuda/cudaFiles';
import { Devices } from './host/devices';
import { EngineClient } from './host/engineClient';
import { enginePackage } from './host/enginePackage';
import { Experiments } from './host/experiments/experiments';
import { Runs } from './host/experiments/runs';
import { StoredComparisons } from './host/experiments/storedComparisons';
import { panels } from './host/ids';
import { registerLanguageFeatures } from './host/language/registerLanguageFeatures';
import { AbilitiesPanels } from './host/panels/abilitiesPanels';
import { AttentionPanels } from './host/panels/attentionPanels';
import { DatasetItems } from './host/panels/datasetItems';
import { registerMergeCommand } from './host/panels/mergeCommand';
import { MergePanels } from './host/panels/mergePanels';
import { ProbePanels } from './host/panels/probePanels';
import { ReasoningPanels } from './host/panels/reasoningPanels';
import { ResultPanels } from './host/panels/resultPanels';
import { TrainingPanels } from './host/panels/trainingPanels';
import { UpdatesPanels } from './host/panels/updatesPanels';
import { registerSlurmCommands } from './host/slurm/slurmCommands';
import { SlurmArrays } from './host/slurm/slurmArrays';
import { StatusBar } from './host/statusBar';
import { CheckpointRoles } from './host/trees/checkpointRoles';
import { CheckpointsTree } from './host/trees/checkpointsTree';
import { ExperimentsTree } from './host/trees/experimentsTree';
import { HeatDecorations } from './host/trees/heatDecorations';
import { LastComparison } from './host/trees/lastComparison';
import { SessionsTree } from './host/trees/sessionsTree';

/** What other extensions, and tests, may use. */
export interface ExtensionApi {
  readonly engine: EngineClient;
  readonly runs: Runs;
  readonly experiments: Experiments;
  readonly trees: {
    readonly checkpoints: CheckpointsTree;
    readonly experiments: ExperimentsTree;
    readonly sessions: SessionsTree;
  };
  readonly devices: Devices;
  readonly panels: ProbePanels;
  readonly updates: UpdatesPanels;
  readonly abilities: AbilitiesPanels;
  readonly reasoning: ReasoningPanels;
  readonly attention: AttentionPanels;
  readonly training: TrainingPanels;
  readonly merges: MergePanels;
  readonly lastComparison: LastComparison;
}

export function activate(context: vscode.ExtensionContext): ExtensionApi {
  const own = <T extends vscode.Disposable>(disposable: T): T => (context.subscriptions.push(disposable), disposable);

  const log = own(vscode.window.createOutputChannel('Frankenstein Lab', { log: true }));
  const runtime = enginePackage(context.extensionPath, 'onnxruntime-node');
  const cudaFiles = new CudaFiles(context.globalStorageUri.fsPath, runtime);
  const engine = own(new EngineClient(context.extensionPath, log, () => cudaFiles.environment()));
  const devices = own(new Devices(engine));
  const experiments = own(new Experiments());
  const arrays = own(new SlurmArrays(context.extensionPath));
  const runs = own(new Runs(engine, arrays));
  const roles = own(new CheckpointRoles(context.workspaceState));
  const storage = vscode.Uri.joinPath(context.storageUri ?? context.globalStorageUri, 'comparisons');
  const stored = new StoredComparisons(storage.fsPath);
  const lastComparison = own(new LastComparison(experiments, runs, stored, context.workspaceState));
  const checkpointsTree = own(new CheckpointsTree(experiments, roles, lastComparison, log));
  own(new HeatDecorations(lastComparison));
  const experimentsTree = own(new ExperimentsTree(experiments, runs, arrays));
  const sessionsTree = own(new SessionsTree(engine));
  const probePanels = own(new ProbePanels(context.extensionUri, experiments, runs));
  const updatesPanels = own(
    new UpdatesPanels(context.extensionUri, experiments, runs, (directory, name) =>
      checkpointsTree.revealTensor(directory, name),
    ),
  );
  const items = new DatasetItems();
  const abilitiesPanels = own(new AbilitiesPanels(context.extensionUri, experiments, runs, items));
  const reasoningPanels = own(new ReasoningPanels(context.extensionUri, experiments, runs, items));
  const attentionPanels = own(new AttentionPanels(context.extensionUri, experiments, runs, items));
  const trainingPanels = own(new TrainingPanels(context.extensionUri, experiments, runs));
  const mergePanels: MergePanels = own(
    new MergePanels({
      extensionUri: context.extensionUri,
      experiments,
      runs,
      engine,
      state: context.workspaceState,
      showResults: (file, step) => resultPanels.open(file, step),
      revealCheckpoint: async (directory) => {
        await checkpointsTree.refresh();
        await checkpointsTree.revealCheckpoint(directory);
      },
    }),
  );
  const serializers = {
    [panels.probe]: probePanels,
    [panels.updates]: updatesPanels,
    [panels.abilities]: abilitiesPanels,
    [panels.reasoning]: reasoningPanels,
    [panels.attention]: attentionPanels,
    [panels.training]: trainingPanels,
    [panels.merge]: mergePanels,
  };
  for (const [id, serializer] of Object.entries(serializers)) {
    own(vscode.window.registerWebviewPanelSerializer(id, serializer));
  }
  const shown = {
    swap: probePanels,
    ablate: reasoningPanels,
    attention: attentionPanels,
    train: trainingPanels,
    compare: updatesPanels,
    evaluate: abilitiesPanels,
    merge: { open: (file: string, step: string) => mergePanels.openStep(file, step) },
  };
  const resultPanels: ResultPanels = new ResultPanels(shown, experiments, runs);
  own(new StatusBar(runs, devices, engine));

  own(registerLanguageFeatures(runs));
  own(registerRunCommands(runs, experiments, resultPanels, log));
  const runPanels = [probePanels, updatesPanels, abilitiesPanels, reasoningPanels, attentionPanels, trainingPanels];
  const shownRun = () => runPanels.map((each) => each.active()).find((place) => place !== undefined);
  own(registerExportCommands(runs, experiments, shownRun, log));
  own(registerCheckpointCommands(checkpointsTree, roles, log));
  own(
    registerCompareCommands(
      { tree: checkpointsTree, experiments, runs, panels: resultPanels, stored, lastComparison },
      log,
    ),
  );
  own(registerHybridCommands({ experiments, runs, tree: checkpointsTree }, log));
  own(registerMergeCommand(mergePanels, experiments, log));
  own(registerDeviceCommands(engine, devices, log));
  own(registerCudaCommands(cudaFiles, engine, devices, log));
  own(registerSampleLab(context.extensionUri, log));
  own(registerNewExperiment(() => checkpointsTree.known(), log));
  own(registerGeneratePairs(engine, experiments, log));
  own(registerFreezeAndTrain(experiments, runs, resultPanels, log));
  const showArray = (file: string, step: string) => experimentsTree.showArray(file, step);
  own(registerSlurmCommands(arrays, experiments, context.workspaceState, showArray, log));
  own(registerImportMergekit(() => checkpointsTree.known(), log));

  return {
    engine,
    runs,
    experiments,
    trees: { checkpoints: checkpointsTree, experiments: experimentsTree, sessions: sessionsTree },
    devices,
    panels: probePanels,
    updates: updatesPanels,
    abilities: abilitiesPanels,
    reasoning: reasoningPanels,
    attention: attentionPanels,
    training: trainingPanels,
    merges: mergePanels,
    lastComparison,
  };
}
