"""The suffix swap of arXiv 2602.12395 (appendix D.2) in Hugging Face transformers, to measure against.

Two ways to the same answers, both greedy, in float32 with eager attention:

straightforward  what one writes first. The source prompt runs once and leaves the input of every layer behind; then
                 each layer's answer is a `generate` from the pixels on, with a hook that puts the source's hidden
                 states in the place of the image span while the prompt is processed.
careful          what one writes who wants it fast. Each image is encoded once and each prompt runs once up to the end
                 of its image; all answers of a pair are then one batch over the text after the image, whose cache
                 takes its keys and values, layer by layer, from the target or the source.

Prints one JSON document: seconds (from pixel values and token ids on), ids, texts[pair][target, source, layers...].
"""

import argparse
import json
import os
import time

import torch
from PIL import Image
from transformers import AutoImageProcessor, AutoTokenizer, DynamicCache, Qwen2_5_VLForConditionalGeneration
from transformers.utils import logging

FUNCTIONS = ["recognition", "counting", "ocr", "grounding"]


class Pair:
    """One pair as the model takes it: ids and positions are the same for both images, the grids being equal."""

    def __init__(self, model, processor, tokenizer, folder, function, line):
        self.id = f"{function}/{line['id']}"
        message = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": line["prompt"]}]}]
        text = tokenizer.apply_chat_template(message, tokenize=False, add_generation_prompt=True)
        images = [self._image(processor, os.path.join(folder, line[key])) for key in ("target_image", "source_image")]
        self.pixels = [pixels for pixels, _ in images]
        self.grid = images[0][1]
        assert torch.equal(self.grid, images[1][1]), f"{self.id}: the grids differ"
        image_tokens = int(self.grid.prod()) // processor.merge_size**2
        text = text.replace("<|image_pad|>", "<|image_pad|>" * image_tokens)
        self.input_ids = tokenizer(text, return_tensors="pt").input_ids
        self.is_image = self.input_ids[0] == model.config.image_token_id
        self.image_end = int(self.is_image.nonzero().max()) + 1

    @staticmethod
    def _image(processor, path):
        features = processor(images=Image.open(path).convert("RGB"), return_tensors="pt")
        return features["pixel_values"], features["image_grid_thw"]


class Reference:
    def __init__(self, model, max_new_tokens):
        self.model = model
        self.layers = model.model.language_model.layers
        self.max_new_tokens = max_new_tokens
        stops = model.generation_config.eos_token_id
        self.stops = set(stops if isinstance(stops, list) else [stops])

    # straightforward

    def straightforward(self, pair):
        """Generated ids: target, source, then a swap at each layer."""
        source_inputs = [None] * len(self.layers)

        def keep(layer):
            def hook(_, args):
                if args[0].shape[1] > 1:  # the prompt, not a decoding step
                    source_inputs[layer] = args[0].clone()

            return hook

        def replace(layer):
            def hook(_, args):
                if args[0].shape[1] == 1:
                    return None
                hidden = args[0].clone()
                hidden[:, pair.is_image] = source_inputs[layer][:, pair.is_image]
                return (hidden, *args[1:])

            return hook

        answers = [self._generate(pair, pair.pixels[0])]
        answers.append(self._generate(pair, pair.pixels[1], [(layer, keep(layer)) for layer in range(len(self.layers))]))
        for layer in range(len(self.layers)):
            answers.append(self._generate(pair, pair.pixels[0], [(layer, replace(layer))]))
        return answers

    def _generate(self, pair, pixels, hooks=()):
        handles = [self.layers[layer].register_forward_pre_hook(hook) for layer, hook in hooks]
        try:
            output = self.model.generate(
                input_ids=pair.input_ids,
                attention_mask=torch.ones_like(pair.input_ids),
                mm_token_type_ids=pair.is_image[None].int(),
                pixel_values=pixels,
                image_grid_thw=pair.grid,
                do_sample=False,
                max_new_tokens=self.max_new_tokens,
            )
        finally:
            for handle in handles:
                handle.remove()
        return output[0, pair.input_ids.shape[1] :].tolist()

    # careful

    def careful(self, pair):
        """As `straightforward`, sharing all that the answers have in common."""
        inner = self.model.model
        positions, _ = inner.get_rope_index(pair.input_ids, pair.is_image[None].int(), image_grid_thw=pair.grid)
        grids = pair.grid.repeat(2, 1)
        features = torch.stack(inner.get_image_features(torch.cat(pair.pixels), grids).pooler_output)
        embedded = inner.get_input_embeddings()(pair.input_ids).repeat(2, 1, 1)
        embedded[:, pair.is_image] = features

        end = pair.image_end
        prefix = DynamicCache(config=self.model.config)
        self._run(embedded[:, :end], positions[:, :, :end].expand(-1, 2, -1), prefix, head=False)

        rows = 2 + len(self.layers)
        variants = torch.arange(rows) - 2
        cache = DynamicCache(config=self.model.config)
        for layer, held in enumerate(prefix.layers):
            # Row 0 is the target, row 1 the source; the swap at layer l reads the source in [l, L).
            from_source = ((variants >= 0) & (variants <= layer)) | (variants == -1)
            index = from_source.long()
            cache.update(held.keys[index], held.values[index], layer)
        logits = self._run(
            embedded[:1, end:].expand(rows, -1, -1), positions[:, :, end:].expand(-1, rows, -1), cache
        )
        return self._decode(logits, cache, int(positions.max()) + 1)

    def _decode(self, logits, cache, position):
        answers = [[] for _ in range(logits.shape[0])]
        active = list(range(len(answers)))
        for step in range(self.max_new_tokens):
            chosen = logits.argmax(-1)
            for row, token in zip(active, chosen.tolist()):
                answers[row].append(token)
            going = [i for i, token in enumerate(chosen.tolist()) if token not in self.stops]
            if not going or step + 1 == self.max_new_tokens:
                break
            if len(going) < len(active):
                cache.batch_select_indices(torch.tensor(going))
                active = [active[i] for i in going]
                chosen = chosen[going]
            embedded = self.model.get_input_embeddings()(chosen[:, None])
            logits = self._run(embedded, torch.full((3, len(active), 1), position + step), cache)
        return answers

    def _run(self, embedded, positions, cache, head=True):
        output = self.model.model.language_model(
            inputs_embeds=embedded, position_ids=positions, past_key_values=cache, use_cache=True
        )
        return self.model.lm_head(output.last_hidden_state[:, -1]) if head else None


def read_lines(folder, limit):
    for function in FUNCTIONS:
        with open(os.path.join(folder, function, "data.jsonl"), encoding="utf-8") as file:
            for _, line in zip(range(limit), file):
                yield function, json.loads(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--pairs", required=True, help="folder with one sub-folder per function")
    parser.add_argument("--limit", type=int, default=20, help="pairs of each function")
    parser.add_argument("--max-new-tokens", type=int, default=24)
    parser.add_argument("--mode", choices=["straightforward", "careful"], required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    logging.set_verbosity_error()
    logging.disable_progress_bar()
    torch.set_num_threads(options.threads)
    model = Qwen2_5_VLForConditionalGeneration.from_pretrained(
        options.checkpoint, dtype=torch.float32, attn_implementation="eager"
    ).eval()
    processor = AutoImageProcessor.from_pretrained(options.checkpoint, backend="pil")
    tokenizer = AutoTokenizer.from_pretrained(options.checkpoint)
    pairs = [
        Pair(model, processor, tokenizer, os.path.join(options.pairs, function), function, line)
        for function, line in read_lines(options.pairs, options.limit)
    ]
    answer = getattr(Reference(model, options.max_new_tokens), options.mode)

    with torch.inference_mode():
        answer(pairs[0])  # what is slow the first time only is not counted
        started = time.perf_counter()
        texts = [
            [
                tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False)
                for ids in answer(pair)
            ]
            for pair in pairs
        ]
        seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "ids": [pair.id for pair in pairs], "texts": texts}))


if __name__ == "__main__":
    main()
