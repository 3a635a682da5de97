"""Greedy answers to the sample lab's evaluation set with Hugging Face transformers, to measure against.

`generate` over batches, padded on the left, float32. Prints one JSON document: seconds (from pixel values and token ids
on) and texts, in the order vision image, black, visionToReasoning image, description, reasoning.
"""

import argparse
import json
import os
import time

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, Qwen2_5_VLForConditionalGeneration
from transformers.utils import logging

SETTINGS = [("vision", "image"), ("vision", "black"), ("vision_to_reasoning", "image"),
            ("vision_to_reasoning", "description"), ("reasoning", "text")]


def questions(folder, limit):
    for name, setting in SETTINGS:
        with open(os.path.join(folder, name + ".jsonl"), encoding="utf-8") as file:
            for line in [json.loads(line) for line in file][:limit]:
                text = line["question"]
                if setting == "description":
                    text = f"Image Description:\n{line['description']}\n\nQuestion:\n{text}"
                image = None
                if setting != "text":
                    image = Image.open(os.path.join(folder, line["image"])).convert("RGB")
                    if setting != "image":
                        image = Image.new("RGB", image.size)
                yield text, image


def main():
    parser = argparse.ArgumentParser()
    for name in ("checkpoint", "folder"):
        parser.add_argument("--" + name, required=True)
    for name in ("limit", "batch", "max-new-tokens", "threads"):
        parser.add_argument("--" + name, type=int, required=True)
    args = parser.parse_args()
    logging.set_verbosity_error()
    torch.set_num_threads(args.threads)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(args.checkpoint, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(args.checkpoint, padding_side="left")
    processor = AutoImageProcessor.from_pretrained(args.checkpoint)
    if tokenizer.pad_token_id is None:
        tokenizer.pad_token = tokenizer.eos_token

    batches = []
    asked = list(questions(args.folder, args.limit))
    for start in range(0, len(asked), args.batch):
        texts, images = [], []
        for text, image in asked[start : start + args.batch]:
            content = ([{"type": "image"}] if image else []) + [{"type": "text", "text": text}]
            prompt = tokenizer.apply_chat_template(
                [{"role": "user", "content": content}], tokenize=False, add_generation_prompt=True
            )
            if image:
                images.append(processor(images=image, return_tensors="pt"))
                tokens = int(images[-1].image_grid_thw.prod()) // processor.merge_size**2
                prompt = prompt.replace("<|image_pad|>", "<|image_pad|>" * tokens)
            texts.append(prompt)
        batch = tokenizer(texts, return_tensors="pt", padding=True)
        batch["mm_token_type_ids"] = (batch.input_ids == model.config.image_token_id).int()
        if images:
            batch["pixel_values"] = torch.cat([image.pixel_values for image in images])
            batch["image_grid_thw"] = torch.cat([image.image_grid_thw for image in images])
        batches.append(batch)

    outputs = []
    started = time.perf_counter()
    with torch.inference_mode():
        for batch in batches:
            output = model.generate(**batch, do_sample=False, max_new_tokens=args.max_new_tokens)
            outputs.extend(output[:, batch.input_ids.shape[1] :].tolist())
    seconds = time.perf_counter() - started
    texts = [
        tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False) for ids in outputs
    ]
    print(json.dumps({"seconds": seconds, "texts": texts}))


main()
