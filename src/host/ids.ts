/** Every id that package.json contributes and the host uses, in one place. A test compares it with the manifest. */

export const commands = {
  openSampleLab: 'frankenstein.openSampleLab',
  newExperiment: 'frankenstein.newExperiment',
  refreshCheckpoints: 'frankenstein.refreshCheckpoints',
  addCheckpoint: 'frankenstein.addCheckpoint',
  removeCheckpoint: 'frankenstein.removeCheckpoint',
  setRole: 'frankenstein.setRole',
  copyName: 'frankenstein.copyName',
  copyPath: 'frankenstein.copyPath',
  revealCheckpoint: 'frankenstein.revealCheckpoint',
  compareWith: 'frankenstein.compareWith',
  compareChain: 'frankenstein.compareChain',
  clearComparisonBadges: 'frankenstein.clearComparisonBadges',
  newHybrid: 'frankenstein.newHybrid',
  mergeFrom: 'frankenstein.mergeFrom',
  generatePairs: 'frankenstein.generatePairs',
  importMergekit: 'frankenstein.importMergekit',
  freezeAndTrain: 'frankenstein.freezeAndTrain',
  openMergeWizard: 'frankenstein.openMergeWizard',
  writeHybrid: 'frankenstein.writeHybrid',
  renameHybrid: 'frankenstein.renameHybrid',
  removeHybrid: 'frankenstein.removeHybrid',
  goToHybrid: 'frankenstein.goToHybrid',
  runStep: 'frankenstein.runStep',
  runAgain: 'frankenstein.runAgain',
  cancelRun: 'frankenstein.cancelRun',
  openResults: 'frankenstein.openResults',
  exportResults: 'frankenstein.exportResults',
  deleteRun: 'frankenstein.deleteRun',
  runOnSlurm: 'frankenstein.runOnSlurm',
  resubmitShards: 'frankenstein.resubmitShards',
  cancelSlurm: 'frankenstein.cancelSlurm',
  openShardLog: 'frankenstein.openShardLog',
  goToStep: 'frankenstein.goToStep',
  refreshExperiments: 'frankenstein.refreshExperiments',
  selectDevice: 'frankenstein.selectDevice',
  stopEngine: 'frankenstein.stopEngine',
  refreshSessions: 'frankenstein.refreshSessions',
  installCudaFiles: 'frankenstein.installCudaFiles',
  removeCudaFiles: 'frankenstein.removeCudaFiles',
  showLog: 'frankenstein.showLog',
} as const;

export const views = {
  checkpoints: 'frankenstein.checkpoints',
  experiments: 'frankenstein.experiments',
  sessions: 'frankenstein.sessions',
} as const;

export const contextKeys = {
  /** The checkpoints view is looking for checkpoints. */
  searching: 'frankenstein.searching',
  /** A step runs or waits in this window. */
  running: 'frankenstein.running',
  /** The engine process runs. */
  engineRuns: 'frankenstein.engineRuns',
  /** There are CUDA files of ONNX Runtime for this machine. */
  cudaPossible: 'frankenstein.cudaPossible',
  /** They are installed. */
  cudaInstalled: 'frankenstein.cudaInstalled',
  /** The Checkpoints tree shows what a comparison says. */
  badges: 'frankenstein.badges',
} as const;

export const panels = {
  probe: 'frankenstein.probe',
  updates: 'frankenstein.updates',
  merge: 'frankenstein.merge',
  reasoning: 'frankenstein.reasoning',
  attention: 'frankenstein.attention',
  abilities: 'frankenstein.abilities',
  training: 'frankenstein.training',
} as const;

/** The experiment files' language features work on the file's name, whatever its language is set to. */
export const experimentFiles = { scheme: 'file', pattern: '**/*.frankenstein.{yaml,yml}' } as const;
