export const usage = `Usage: node dist/cli.js VERB … [--json] [--device auto|cpu|webgpu|cuda] [--threads N]

  inspect DIR
      What a checkpoint consists of: family, sizes, and where every tensor belongs.
  generate DIR --prompt TEXT [--image FILE]… [--max-new-tokens N]
  generate --experiment FILE --checkpoint NAME --prompt TEXT …
      Answers a message, greedily. Images come before the text.
  logits DIR --prompt TEXT [--image FILE]… --out FILE.safetensors
      Writes what the model computes on the way to its logits.
  run FILE [--step ID]… [--out DIR] [--shard i/n] [--fresh]
      Runs the steps of an experiment file, or resumes them. --fresh sets earlier runs aside.
  run FILE --step ID --gather N [--out DIR]
      Makes one run of N finished shards, and computes nothing.
  compare FROM TO [--spectrum]
      How much training moved each tensor and layer; with --spectrum also in how many directions.
  merge FILE --hybrid NAME --out DIR [--shard-size MB]
      Writes a hybrid of an experiment file as a checkpoint, checked bit for bit against its donors.
  pairs --out DIR [--functions ocr,counting,grounding,recognition] [--count N] [--seed S] [--size WxH]…
        [--words FILE] [--font sans|serif|mono|FILE]… [--font-size PX] [--counts 1-9] [--colours red,blue,…]
        [--distractors N]
      Draws pairs of images that differ in one attribute, for the swap. The same call makes the same bytes.
  report RUN [--out FILE.html]
      Makes one HTML page of a run folder.
  export RUN --format csv|authors|matplotlib --out DIR
      Writes a run (or all of a folder of runs) as tables, as the files of the paper's scripts, or every figure as a
      Python script with its data beside it.
  handoff FILE --step ID --out DIR [--target verl|easyr1]
      Writes a folder from which a GPU cluster trains a train step, with the same tensors frozen.
  handoff --check DIR --result CHECKPOINT [--start CHECKPOINT]
      Whether a checkpoint that was trained there kept what was frozen, bit for bit.
  slurm FILE [--step ID]… [--shards N] [--partition P] [--account A] [--time T] [--memory M] [--cpus N] [--gpus N]
        [--setup LINES] [--node FILE] [--out DIR] [--submit]
      The job script that runs a step's shards on a Slurm cluster; with --submit it is sent.
  slurm FILE [--step ID] --status|--resubmit|--cancel|--collect [--setup LINES] [--out DIR]
      How the shards stand; sends those again that failed; cancels all; makes one run of those that are finished.

Exit codes: 0 success, 1 the work failed, 2 the call or the input is wrong, 130 cancelled.
`;
