/** `freeze_hook.py` and the two ways in which trainers come to import it. */

export const freezeHookPython = String.raw`"""Freezes the tensors that frozen.json names, before FSDP wraps the model.

A parameter with requires_grad off gets no gradient: AdamW neither moves nor decays it. The trainers have one switch of
this kind, for the vision tower; this module does the same for any tensors, at the same place, by replacing the function
that builds the model. It was written for verl 0.7.0 and 0.8.0.dev (b178a3c) and EasyR1 0.3.3.dev0 (b44b311); where a
version has no such function it stops the training rather than train what should stay.
"""

import importlib
import importlib.abc
import importlib.util
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
WORKERS = "verl.workers.fsdp_workers"
ENGINE = "verl.workers.engine.fsdp.transformer_impl"
PATCHED = "_patched_by_freeze_hook"


def load_frozen(folder=HERE):
    with open(os.path.join(folder, "frozen.json"), encoding="utf-8") as file:
        return json.load(file)


def canonical(name):
    """One name for the spellings that versions of transformers have for a tensor."""
    name = re.sub(r"^language_model\.lm_head\.", "lm_head.", name)
    name = re.sub(r"^(?:model\.language_model|language_model\.model)\.", "model.", name)
    return re.sub(r"^model\.(visual|vision_tower|vision_model|multi_modal_projector)\.", r"\1.", name)


def freeze(model, frozen=None):
    """Turns requires_grad off for exactly what frozen.json names. The model must not be wrapped yet.

    Raises RuntimeError when a pattern matches nothing, when names or sizes are not those of the start checkpoint, or
    when nothing would be trained.
    """
    frozen = load_frozen() if frozen is None else frozen
    parameters = dict(model.named_parameters())
    kept = {}
    for pattern in frozen["patterns"]:
        matched = {name: value for name, value in parameters.items() if re.fullmatch(pattern, name)}
        if not matched:
            raise RuntimeError(f"freeze_hook: no parameter matches {pattern}; the first is {next(iter(parameters), None)}")
        kept.update(matched)
    expected = {canonical(name) for name in frozen["tensors"]}
    found = {canonical(name) for name in kept}
    if found != expected:
        missing, extra = sorted(expected - found), sorted(found - expected)
        raise RuntimeError(f"freeze_hook: the model is another one: missing {missing[:3]}, unexpected {extra[:3]}")
    size = sum(value.numel() for value in kept.values())
    if size != frozen["parameters"]:
        raise RuntimeError(f"freeze_hook: {size} parameters match, the start checkpoint has {frozen['parameters']}")
    if len(kept) == len(parameters):
        raise RuntimeError("freeze_hook: everything is frozen, nothing would be trained")
    for value in kept.values():
        value.requires_grad_(False)
    if os.environ.get("RANK", "0") == "0":
        total = sum(value.numel() for value in parameters.values())
        print(f"freeze_hook: {len(kept)} of {len(parameters)} tensors frozen, {size} of {total} parameters", flush=True)
    return kept


def only_trainable(build_optimizer):
    """An optimizer over what is trained: frozen parameters take no state."""

    def build(parameters, *args, **kwargs):
        return build_optimizer([value for value in parameters if value.requires_grad], *args, **kwargs)

    return build


def require(owner, *names):
    for name in names:
        if not hasattr(owner, name):
            raise RuntimeError(
                f"freeze_hook: {owner.__name__} has no {name}: this version builds its models in another way. "
                "Use one that freeze_hook.py names, or freeze the tensors of frozen.json where the model is built."
            )


def require_orig_params(config):
    if not getattr(config, "use_orig_params", False):
        raise RuntimeError("freeze_hook: FSDP needs use_orig_params=True to keep frozen beside trained parameters")


def patch_workers(module):
    """verl (legacy workers) and EasyR1: one function builds, wraps and makes the optimizer."""
    worker = getattr(module, "ActorRolloutRefWorker", None) or getattr(module, "FSDPWorker", None)
    if worker is None:
        raise RuntimeError(f"freeze_hook: {module.__name__} has neither ActorRolloutRefWorker nor FSDPWorker")
    require(worker, "_build_model_optimizer")
    require(module, "get_fsdp_wrap_policy")
    build_model = worker._build_model_optimizer
    if getattr(build_model, PATCHED, False):
        return

    def build_frozen(self, *args, **kwargs):
        if kwargs.get("role", "actor") != "actor":
            return build_model(self, *args, **kwargs)
        require_orig_params(kwargs.get("fsdp_config"))
        seen = []
        # What is called with the finished model, just before it is wrapped.
        wrap_policy = module.get_fsdp_wrap_policy
        build_optimizer = getattr(module, "build_optimizer", None)

        def freeze_first(*policy_args, **policy_kwargs):
            model = policy_args[0] if policy_args else policy_kwargs["module"]
            seen.append(freeze(model))
            return wrap_policy(*policy_args, **policy_kwargs)

        module.get_fsdp_wrap_policy = freeze_first
        if build_optimizer is not None:
            module.build_optimizer = only_trainable(build_optimizer)
        try:
            result = build_model(self, *args, **kwargs)
        finally:
            module.get_fsdp_wrap_policy = wrap_policy
            if build_optimizer is not None:
                module.build_optimizer = build_optimizer
        if not seen:
            raise RuntimeError("freeze_hook: the model was built without asking for a wrap policy: nothing was frozen")
        return result

    setattr(build_frozen, PATCHED, True)
    worker._build_model_optimizer = build_frozen


def patch_engine(module):
    """verl's engine: one function wraps, another makes the optimizer."""
    require(module, "FSDPEngine")
    engine = module.FSDPEngine
    require(engine, "_build_fsdp_module", "_build_optimizer")
    wrap, make_optimizer = engine._build_fsdp_module, engine._build_optimizer
    if getattr(wrap, PATCHED, False):
        return

    def wrap_frozen(self, model, *args, **kwargs):
        if not self.engine_config.forward_only:
            require_orig_params(self.engine_config)
            freeze(model)
        return wrap(self, model, *args, **kwargs)

    def optimizer_of_trainable(self, model, *args, **kwargs):
        optimizers = importlib.import_module("verl.workers.config.optimizer")
        require(optimizers, "build_optimizer")
        build_optimizer = optimizers.build_optimizer
        optimizers.build_optimizer = only_trainable(build_optimizer)
        try:
            return make_optimizer(self, model, *args, **kwargs)
        finally:
            optimizers.build_optimizer = build_optimizer

    setattr(wrap_frozen, PATCHED, True)
    engine._build_fsdp_module = wrap_frozen
    engine._build_optimizer = optimizer_of_trainable


TARGETS = {WORKERS: patch_workers, ENGINE: patch_engine}


def install():
    """Patches what this verl has of the two ways to build a model."""
    patched = []
    for name, patch in TARGETS.items():
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is None or not name.startswith(error.name):
                raise
            continue
        patch(module)
        patched.append(name)
    if not patched:
        raise RuntimeError(f"freeze_hook: this verl has none of {', '.join(TARGETS)}: nothing would be frozen")


class PatchOnImport(importlib.abc.MetaPathFinder):
    """Patches the workers' module as soon as it is imported, and costs processes nothing that never import it."""

    def find_spec(self, name, path=None, target=None):
        if name != WORKERS:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return spec
        execute = spec.loader.exec_module

        def execute_and_patch(module):
            execute(module)
            patch_workers(module)

        spec.loader.exec_module = execute_and_patch
        return spec


def install_on_import():
    """For Ray: runs at the start of every worker process."""
    if WORKERS in sys.modules:
        patch_workers(sys.modules[WORKERS])
    else:
        sys.meta_path.insert(0, PatchOnImport())
`;

/** `freeze_verl.py`: what `external_lib` names. */
export const freezeVerlPython = `"""verl imports this module in every worker before it builds a model (model.external_lib)."""

import freeze_hook

freeze_hook.install()
`;

/** `launch_easyr1.py`. */
export const launchEasyR1Python = `"""Starts EasyR1's trainer in a Ray whose workers install freeze_hook."""

import os
import sys

import ray
from verl.trainer.main import main

HERE = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    sys.path.insert(0, HERE)
    ray.init(
        runtime_env={
            "env_vars": {
                "PYTHONPATH": os.pathsep.join(filter(None, [HERE, os.environ.get("PYTHONPATH")])),
                # As EasyR1's own ray.init has them.
                "TOKENIZERS_PARALLELISM": "true",
                "NCCL_DEBUG": "WARN",
                "VLLM_LOGGING_LEVEL": "WARN",
                "TORCH_NCCL_AVOID_RECORD_STREAMS": "1",
                "PYTORCH_CUDA_ALLOC_CONF": "expandable_segments:False",
                "CUDA_DEVICE_MAX_CONNECTIONS": "1",
                "VLLM_ALLREDUCE_USE_SYMM_MEM": "0",
            },
            "worker_process_setup_hook": "freeze_hook.install_on_import",
        }
    )
    main()
`;
