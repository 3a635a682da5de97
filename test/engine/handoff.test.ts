/** A train step handed to a cluster: the folder as the command line writes it, its scripts run where they need no GPU. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { openCheckpoint } from '../../src/core/checkpoint/checkpoint';
import { gradeAnswer } from '../../src/core/evaluate/grading/gradeAnswer';
import { command } from '../harness/commandLine';
import { sampleLab, writeExperiment } from '../harness/experimentFile';
import { itInFull } from '../harness/full';
import { temporaryFolders } from '../harness/temporaryFolders';
import { cases } from '../unit/evaluate/grading/mathCases';

const folder = temporaryFolders();
const dataset = `${sampleLab}/evaluation/vision_to_reasoning.jsonl`;
const targets = ['grpo verl', 'sft verl', 'grpo easyr1'] as const;
const made = new Map<string, string>();

before(async () => {
  const options = `from: in, freeze: [late], dataset: ${dataset}, steps: 10, batch: 2`;
  const steps = ['grpo', 'sft'].map(
    (method) => `  - train: { id: ${method}, method: ${method}, ${options}, output: ./o }`,
  );
  const file = writeExperiment(folder(), 'steps:', ...steps);
  for (const which of targets) {
    const [step, target] = which.split(' ') as [string, string];
    const output = path.join(folder(), 'out');
    const { code, stderr } = await command(
      'handoff',
      file,
      '--step',
      step,
      '--target',
      target,
      '--out',
      output,
      '--json',
    );
    assert.equal(code, 0, stderr);
    made.set(which, output);
  }
});

/** Runs Python code in a folder that was handed off; what it prints is JSON. */
function python<T>(code: string, input: unknown, cwd: string): T {
  const text = execFileSync('python3', ['-c', code], { cwd, input: JSON.stringify(input), encoding: 'utf8' });
  return JSON.parse(text.trim().split('\n').at(-1)!) as T;
}

interface Row {
  readonly prompt: string | { role: string; content: string }[];
  readonly messages: { role: string; content: string }[];
  readonly images: { bytes: Uint8Array }[];
  readonly reward_model: { ground_truth: string };
  readonly answer: string;
}

async function rowsOf(output: string): Promise<Row[]> {
  const file = await asyncBufferFromFile(path.join(output, 'train.parquet'));
  return (await parquetReadObjects({ file, utf8: false })) as unknown as Row[];
}

describe('handoff', () => {
  itInFull('every script parses', () => {
    for (const output of made.values()) {
      for (const name of ['run.sh', 'submit.sbatch']) execFileSync('bash', ['-n', path.join(output, name)]);
      const scripts = readdirSync(output).filter((name) => name.endsWith('.py'));
      assert.ok(scripts.length >= 3);
      const check = 'import ast, sys\nfor name in sys.argv[1:]: ast.parse(open(name, encoding="utf-8").read(), name)';
      execFileSync('python3', ['-c', check, ...scripts], { cwd: output });
    }
  });

  itInFull('run.sh gives the trainer its words, and stops where GPUs cannot share an update', () => {
    const bin = folder();
    for (const name of ['python3', 'torchrun']) {
      writeFileSync(path.join(bin, name), '#!/bin/sh\nfor word in "$@"; do echo "$word"; done\n', { mode: 0o755 });
    }
    const run = (which: string, variables: object) =>
      spawnSync('bash', [path.join(made.get(which)!, 'run.sh'), 'trainer.logger=[]'], {
        env: { PATH: `${bin}:${process.env.PATH}`, ...variables },
        encoding: 'utf8',
      });
    const { stdout } = run('grpo verl', { MODEL: '/models/with space', GPUS: '4' });
    const words = stdout.trim().split('\n');
    assert.deepEqual(words.slice(0, 2), ['-m', 'verl.trainer.main_ppo']);
    assert.ok(words.includes("actor_rollout_ref.model.path='/models/with space'"));
    assert.ok(words.includes('trainer.n_gpus_per_node=4'));
    assert.equal(words.at(-1), 'trainer.logger=[]');
    assert.ok(run('sft verl', { MODEL: '/m' }).stdout.includes('verl.trainer.sft_trainer'));
    assert.ok(run('grpo easyr1', { MODEL: '/m' }).stdout.includes('worker.actor.model.model_path=/m'));
    const { status, stderr } = run('grpo verl', { MODEL: '/m', GPUS: '3' });
    assert.equal(status, 2);
    assert.match(stderr, /does not divide the 16/);
    assert.match(run('grpo verl', {}).stderr, /set MODEL/);
  });

  it('the data: questions, answers and the images themselves', async () => {
    const lines = readFileSync(dataset, 'utf8').trim().split('\n');
    const items = lines.map(
      (line) => JSON.parse(line) as Record<'question' | 'answer' | 'image' | 'reasoning', string>,
    );
    const [verl, sft, easy] = await Promise.all(targets.map((which) => rowsOf(made.get(which)!)));
    assert.deepEqual([verl!.length, sft!.length, easy!.length], [items.length, items.length, items.length]);
    for (const [i, { question, answer, image, reasoning }] of items.entries()) {
      const content = `<image>${question}`;
      assert.deepEqual(verl![i]!.prompt, [{ role: 'user', content }]);
      assert.equal(verl![i]!.reward_model.ground_truth, answer);
      const target = { role: 'assistant', content: `<think>${reasoning}</think><answer>${answer}</answer>` };
      assert.deepEqual(sft![i]!.messages, [{ role: 'user', content }, target]);
      assert.equal(easy![i]!.prompt, content);
      assert.equal((JSON.parse(easy![i]!.answer) as { answer: string }).answer, answer);
      const bytes = readFileSync(path.join(path.dirname(dataset), image));
      for (const rows of [verl, sft, easy]) assert.ok(bytes.equals(Buffer.from(rows![i]!.images[0]!.bytes)));
    }
  });

  itInFull(
    'freeze_hook freezes exactly what frozen.json names, in either spelling, and refuses another model',
    async () => {
      const { tensors } = await openCheckpoint(path.join(sampleLab, 'in'));
      const sizes = [...tensors.values()].map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)] as const);
      const late = sizes.filter(([name]) => /^model\.layers\.(8|9|10|11)\./.test(name)).map(([name]) => name);
      assert.equal(late.length, 48);
      const renamed = sizes.map(([name, size]) => {
        return [name.replace(/^model\./, 'model.language_model.').replace(/^visual\./, 'model.visual.'), size] as const;
      });
      const code = `${standIns}
answer = []
for sizes in json.load(sys.stdin):
    model = Model(sizes)
    try:
        freeze_hook.freeze(model)
        answer.append([name for name, value in model.named_parameters() if not value.requires_grad])
    except RuntimeError as error:
        answer.append(str(error))
print(json.dumps(answer))`;
      const fewer = sizes.filter(([name]) => name !== late[3]);
      const larger = sizes.map(([name, size]) => [name, size + (name === late[3] ? 1 : 0)] as const);
      const models = [sizes, renamed, fewer, larger, sizes.filter(([name]) => late.includes(name)), [['other', 1]]];
      const [old, now, ...refused] = python<[string[], string[], ...string[]]>(code, models, made.get('grpo verl')!);
      assert.deepEqual(old, late);
      assert.deepEqual(
        now,
        late.map((name) => name.replace(/^model\./, 'model.language_model.')),
      );
      const messages = [
        /missing \['model\.layers/,
        /the start checkpoint has/,
        /nothing would be trained/,
        /no parameter matches/,
      ];
      refused.forEach((message, i) => assert.match(message, messages[i]!));
      assert.equal(refused.length, messages.length);
    },
  );

  for (const [trainer, worker] of [
    ['verl', 'ActorRolloutRefWorker'],
    ['EasyR1', 'FSDPWorker'],
  ] as const) {
    itInFull(`freeze_hook in the workers of ${trainer}: the actor only, and only before it is wrapped`, () => {
      const place = fakeVerl(`class ${worker}:
    def _build_model_optimizer(self, fsdp_config, role, model):
        events = ["built"]
        get_fsdp_wrap_policy(${trainer === 'verl' ? 'module=' : ''}model)
        events.append(sum(not value.requires_grad for _, value in model.named_parameters()))
        return events, build_optimizer([value for _, value in model.named_parameters()])
`);
      const install = trainer === 'verl' ? 'import freeze_verl' : 'freeze_hook.install_on_import()';
      const code = `${standIns}
sys.path.insert(0, ${JSON.stringify(place)})
${install}
from types import SimpleNamespace
from verl.workers.fsdp_workers import ${worker}
sizes = json.load(sys.stdin)
def build(role, use_orig_params=True):
    config = SimpleNamespace(use_orig_params=use_orig_params)
    try:
        events, count = ${worker}()._build_model_optimizer(fsdp_config=config, role=role, model=Model(sizes))
        return [*events, count]
    except RuntimeError as error:
        return str(error)
print(json.dumps([build("actor"), build("ref"), build("actor", False)]))`;
      const [actor, reference, refused] = python<[unknown[], unknown[], string]>(
        code,
        allSizes,
        made.get('grpo verl')!,
      );
      assert.deepEqual(actor, ['built', 48, allSizes.length - 48]);
      assert.deepEqual(reference, ['built', 0, allSizes.length]);
      assert.match(refused, /use_orig_params=True/);
    });
  }

  itInFull('freeze_hook in verl’s engine, and refuses a verl that builds its models otherwise', () => {
    const engine = `class FSDPEngine:
    def __init__(self, forward_only):
        from types import SimpleNamespace
        self.engine_config = SimpleNamespace(forward_only=forward_only, use_orig_params=True)
    def _build_fsdp_module(self, module):
        return sum(not value.requires_grad for _, value in module.named_parameters())
    def _build_optimizer(self, module):
        from verl.workers.config.optimizer import build_optimizer
        return build_optimizer([value for _, value in module.named_parameters()])
`;
    const run = (source: string, body: string) => {
      const place = fakeVerl(null, source);
      return python<unknown>(
        `${standIns}
sys.path.insert(0, ${JSON.stringify(place)})
sizes = json.load(sys.stdin)
${body}`,
        allSizes,
        made.get('sft verl')!,
      );
    };
    const build = `freeze_hook.install()
from verl.workers.engine.fsdp.transformer_impl import FSDPEngine
answer = []
for forward_only in (False, True):
    model, built = Model(sizes), FSDPEngine(forward_only)
    answer += [built._build_fsdp_module(model), built._build_optimizer(model)]
print(json.dumps(answer))`;
    assert.deepEqual(run(engine, build), [48, allSizes.length - 48, 0, allSizes.length]);
    const message = `try:
    freeze_hook.install()
    print(json.dumps("installed"))
except RuntimeError as error:
    print(json.dumps(str(error)))`;
    assert.match(run(engine.replace('_build_fsdp_module', '_wrap'), message) as string, /has no _build_fsdp_module/);
  });

  itInFull('reward.py judges as the product does, but for formulas', async () => {
    const gold = (answer: string, choices: string[] = [], precision: number | null = null) => {
      return { answer, choices, answerType: null, unit: null, precision };
    };
    const judged = [
      [gold('7'), '<think>8-1=7</think><answer>7</answer>'],
      [gold('7'), '<think>8-1=7</think><answer>8</answer>'],
      [gold('7'), 'The answer is 7.'],
      [gold('7'), '7.0'],
      [gold('7'), '17'],
      [gold('1/2'), 'So we get \\boxed{0.5}'],
      [gold('\\frac{1}{2}'), '#### 1/2'],
      [gold('1,234'), 'Adding them gives 1234 in all. Total: 1234'],
      [gold('-3'), 'answer: -3'],
      [gold('-3'), 'answer: 3'],
      [gold('red'), 'Red.'],
      [gold('red'), 'blue'],
      [gold('red circle'), '<answer>red  circle</answer>'],
      [gold('12'), ''],
      [gold('B', ['red', 'blue', 'green']), 'The answer is B.'],
      [gold('blue', ['red', 'blue', 'green']), '(B) blue'],
      [gold('blue', ['red', 'blue', 'green']), '<answer>blue</answer>'],
      [gold('blue', ['red', 'blue', 'green']), 'C'],
      [gold('12', ['10', '12', '14']), '\\boxed{12}'],
      [gold('3.14', [], 2), 'The answer is 3.1416.'],
      [gold('3.14', [], 2), 'The answer is 3.2.'],
    ] as const;
    const code = `import json, sys, reward
cases = json.load(sys.stdin)
print(json.dumps([
    [reward.compute_score("x", text, gold["answer"], {"choices": gold["choices"], "precision": gold["precision"]}) for gold, text in cases],
    [each["overall"] for each in reward.compute_scores([{"response": text, "ground_truth": json.dumps(gold)} for gold, text in cases])],
    reward.compute_score("x", "\\\\boxed{2+x}", "x+2"),
]))`;
    const [verl, easy, formula] = python<[number[], number[], number]>(code, judged, made.get('grpo easyr1')!);
    const own = await Promise.all(judged.map(([each, text]) => gradeAnswer({ gold: each, text, rule: 'math' })));
    for (const [i, { correct }] of own.entries()) {
      assert.equal(verl[i], Number(correct), `${JSON.stringify(judged[i])}`);
      assert.equal(easy[i], Number(correct));
    }
    assert.ok(own.some(({ correct }) => correct) && own.some(({ correct }) => !correct));
    assert.equal(formula, 0); // the difference that README.md tells of
    const { correct } = await gradeAnswer({ gold: gold('x+2'), text: '\\boxed{2+x}', rule: 'math' });
    assert.equal(correct, true);
  });

  itInFull('reward.py rewards nothing that is wrong', () => {
    const all = Object.values(cases).flat();
    const code = `import json, sys, reward
print(json.dumps([reward.score(text, answer, given.get("choices") or [], given.get("precision")) for answer, text, given in json.load(sys.stdin)]))`;
    const given = all.map(([answer, text, , rest]) => [answer, text, rest ?? {}]);
    const scores = python<number[]>(code, given, made.get('grpo verl')!);
    const wrong = all.filter(([, , correct], i) => scores[i] === 1 && !correct);
    assert.deepEqual(wrong, []);
    assert.ok(scores.filter((score) => score === 1).length > 40);
  });

  it('--check: exit 0 where what is frozen stayed, 1 where it moved, 2 where there is nothing to check', async () => {
    const output = made.get('grpo verl')!;
    const start = path.join(sampleLab, 'in');
    const same = await command('handoff', '--check', output, '--result', start, '--json');
    assert.equal(same.code, 0, same.stderr);
    const { kept, frozen, trained } = JSON.parse(same.stdout) as Record<string, { tensors: number; moved: unknown }>;
    assert.deepEqual([kept, frozen!.tensors, trained!.moved], [true, 48, 0]);
    const other = await command('handoff', '--check', output, '--result', path.join(sampleLab, 'rl'));
    assert.equal(other.code, 1);
    assert.match(other.stdout, /NOT as they were\n {2}moved: model\.layers\./);
    const moved = path.join(folder(), 'further', 'down', 'moved');
    cpSync(output, moved, { recursive: true });
    const lost = await command('handoff', '--check', moved, '--result', start);
    assert.equal(lost.code, 2);
    const found = await command('handoff', '--check', moved, '--result', start, '--start', start);
    assert.equal(found.code, 0, found.stderr);
  });

  it('a wrong call is exit 2 and writes nothing', async () => {
    const file = writeExperiment(folder(), 'steps: []');
    const output = path.join(folder(), 'none');
    for (const words of [
      [file, '--step', 'x', '--out', output],
      [file, '--step', 'x', '--out', output, '--target', 'other'],
      [file, '--step', 'x'],
      ['--check', output],
    ]) {
      assert.equal((await command('handoff', ...words)).code, 2);
    }
    assert.ok(!existsSync(output));
  });
});

let allSizes: (readonly [string, number])[];
before(async () => {
  const { tensors } = await openCheckpoint(path.join(sampleLab, 'in'));
  allSizes = [...tensors.values()].map(({ name, shape }) => [name, shape.reduce((a, b) => a * b, 1)] as const);
});

/** freeze_hook asks models for named parameters and nothing else: these stand in for torch's. */
const standIns = `import json, sys
sys.path.insert(0, ".")
import freeze_hook
class Parameter:
    def __init__(self, size):
        self.size, self.requires_grad = size, True
    def numel(self):
        return self.size
    def requires_grad_(self, value):
        self.requires_grad = value
class Model:
    def __init__(self, sizes):
        self.parameters = [(name, Parameter(size)) for name, size in sizes]
    def named_parameters(self):
        return self.parameters`;

/** A package in verl's layout: its workers, its engine, or both. */
function fakeVerl(workers: string | null, engine: string | null = null): string {
  const place = folder();
  const write = (name: string, text: string) => {
    const file = path.join(place, 'verl', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  for (const name of ['', 'workers/', 'workers/config/', 'workers/engine/', 'workers/engine/fsdp/']) {
    write(`${name}__init__.py`, '');
  }
  const optimizer = 'def build_optimizer(parameters):\n    return len(list(parameters))\n';
  const policy = 'def get_fsdp_wrap_policy(module):\n    return None\n';
  write('workers/config/optimizer.py', optimizer.replace('(parameters)', '(parameters, config=None)'));
  if (workers !== null) write('workers/fsdp_workers.py', `${optimizer}${policy}${workers}`);
  if (engine !== null) write('workers/engine/fsdp/transformer_impl.py', engine);
  return place;
}
