"""Supervised steps on the sample lab's items with Hugging Face transformers and PyTorch's AdamW, to measure against.

Float32, one padded batch per step, the same items in every step. Prints one JSON document: seconds per step (from pixel
values and token ids on, the first step left out), tokens per step without padding, and the loss of every step.
"""

import argparse
import json
import os
import time

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.utils import logging


def main():
    parser = argparse.ArgumentParser()
    for name in ("checkpoint", "folder"):
        parser.add_argument("--" + name, required=True)
    for name in ("batch", "steps", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    parser.add_argument("--learning-rate", type=float, required=True)
    args = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(args.threads)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(args.checkpoint, dtype=torch.float32).train()
    tokenizer = AutoTokenizer.from_pretrained(args.checkpoint)
    processor = AutoImageProcessor.from_pretrained(args.checkpoint)

    with open(os.path.join(args.folder, "vision_to_reasoning.jsonl"), encoding="utf-8") as file:
        items = [json.loads(line) for line in file][: args.batch]
    sequences, answers, images = [], [], []
    for item in items:
        content = [{"type": "image"}, {"type": "text", "text": item["question"]}]
        prompt = tokenizer.apply_chat_template(
            [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
        )
        image = Image.open(os.path.join(args.folder, item["image"])).convert("RGB")
        images.append(processor(images=image, return_tensors="pt"))
        tokens = int(images[-1].image_grid_thw.prod()) // processor.merge_size**2
        prompt = prompt.replace("<|image_pad|>", "<|image_pad|>" * tokens)
        answer = f"<think>{item['reasoning']}</think><answer>{item['answer']}</answer><|im_end|>"
        before, after = tokenizer(prompt).input_ids, tokenizer(answer).input_ids
        sequences.append(before + after)
        answers.append(len(after))
    longest = max(map(len, sequences))
    ids = torch.tensor([s + [tokenizer.eos_token_id] * (longest - len(s)) for s in sequences])
    mask = torch.tensor([[1] * len(s) + [0] * (longest - len(s)) for s in sequences])
    labels = torch.tensor([
        [-100] * (len(s) - n) + s[-n:] + [-100] * (longest - len(s)) for s, n in zip(sequences, answers)
    ])
    batch = {
        "input_ids": ids,
        "attention_mask": mask,
        "mm_token_type_ids": (ids == model.config.image_token_id).int(),
        "pixel_values": torch.cat([image.pixel_values for image in images]),
        "image_grid_thw": torch.cat([image.image_grid_thw for image in images]),
    }
    optimizer = torch.optim.AdamW(model.parameters(), lr=args.learning_rate, weight_decay=0.01)
    seconds, losses = [], []
    for _ in range(args.steps + 1):
        started = time.perf_counter()
        logits = model(**batch, use_cache=False).logits
        loss = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), labels[:, 1:].flatten())
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"seconds": seconds[1:], "tokens": int(mask.sum()), "losses": losses}))


main()
