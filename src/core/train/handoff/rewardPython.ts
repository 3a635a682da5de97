/** `reward.py`: the grading rule as far as it can be said without a computer algebra system. */
import type { GradingRule } from '../../evaluate/grading/grade';

/** Where `reward.py` judges otherwise than the product does, for the README. */
export function rewardDifferences(rule: GradingRule): string {
  const own = rule === 'math' ? '' : ` The step asks for the rule \`${rule}\`; here the plain rule stands in for it.`;
  return (
    'Plain numbers, letters of choices and words are judged as in the product. Formulas, units, powers and sets are ' +
    `compared as text and not by what they mean: an equal answer in another form gets 0.${own}`
  );
}

export const rewardPython = String.raw`"""Reward of an answer: 1 where it is right, else 0.

The answer is what stands in the last <answer>…</answer>, else in the last \boxed{}, else after "the answer is",
"answer:" or "####", else the whole of a short text, else the last number. It is right when it names the right choice,
is the same number, or is the same text. Formulas are compared as text.
"""

import json
import re
from fractions import Fraction

LONGEST = 20_000
SHORT = 120
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:/\d+)?%?")
LAST_NUMBER = re.compile(r"(?<![\w.])-?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:/\d+)?|\.\d+)(?!\w)")


def compute_score(data_source, solution_str, ground_truth, extra_info=None, **_):
    """verl's custom reward function."""
    extra = extra_info or {}
    choices = extra.get("choices")
    return score(solution_str, ground_truth, [] if choices is None else list(choices), extra.get("precision"))


def compute_scores(reward_inputs):
    """EasyR1's, for a batch; what the right answer is made of stands in one JSON text."""
    scores = []
    for each in reward_inputs:
        gold = json.loads(each["ground_truth"])
        value = score(each["response"], gold["answer"], gold["choices"], gold["precision"])
        scores.append({"overall": value, "accuracy": value})
    return scores


REWARD_NAME = "frankenstein"
REWARD_TYPE = "batch"


def score(text, answer, choices, precision):
    found = extract(text)
    if found is None:
        return 0.0
    if choices:
        right = choice_of(answer, choices)
        return float(right is not None and choice_of(found, choices) == right)
    a, b = number(answer), number(found)
    if a is not None and b is not None:
        if precision is not None:
            return float(rounded(a, int(precision)) == rounded(b, int(precision)))
        return float(a == b)
    if a is not None or b is not None:
        return 0.0
    return float(words(answer) != "" and words(answer) == words(found))


def extract(text):
    end = text.rfind("</think>")
    spoken = text[end + len("</think>") :] if end >= 0 else text
    spoken = (spoken if spoken.strip() else text)[-LONGEST:]
    tags = re.findall(r"<answer>((?:(?!<answer>).)*?)</answer>", spoken, re.DOTALL | re.IGNORECASE)
    if tags:
        inner = tags[-1].strip()
        return (marked(inner) or inner) or None
    found = marked(spoken)
    if found is not None:
        return found
    whole = spoken.strip()
    if stands_alone(whole):
        return whole
    numbers = LAST_NUMBER.findall(whole)
    return numbers[-1] if numbers else None


def stands_alone(text):
    """Whether a text is an answer and no sentence around one."""
    if not text or "\n\n" in text:
        return False
    if not re.search(r"\d", text):
        return len(text) <= SHORT and not re.search(r"[.!?]\s+[A-Z]", text)
    spoken = re.findall(r"(?<![\w\\])[a-zA-Z]{2,}(?![\w(])", text)
    return len(text) <= 1000 and len(spoken) <= (3 if re.match(r"[\s$(\[{+-]*[\d\\]", text) else 1)


def marked(text):
    boxed = last_box(text)
    if boxed is not None:
        return boxed
    clauses = re.findall(r"(?:\banswer\**\s*(?:is|are|=|:)|####)[\s:*]*([^\n]+)", text, re.IGNORECASE)
    if not clauses:
        return None
    clause = re.split(r"[.!?](?=\s|$)", clauses[-1])[0].replace("**", "").strip()
    return clause or None


def last_box(text):
    start = text.rfind("\\boxed{")
    if start < 0:
        return None
    depth = 0
    begin = start + len("\\boxed{")
    for at in range(begin - 1, len(text)):
        depth += {"{": 1, "}": -1}.get(text[at], 0)
        if depth == 0:
            return text[begin:at].strip()
    return None


def rounded(value, decimals):
    """Halves away from zero."""
    scaled = abs(value) * 10**decimals + Fraction(1, 2)
    return (scaled.numerator // scaled.denominator) * (1 if value >= 0 else -1)


def number(text):
    plain = re.sub(r"\\[!,;:]|\{,\}", "", text.replace("\u2212", "-")).strip().strip("$")
    plain = plain.replace("\\%", "%").replace("\\$", "").strip().rstrip(".")
    fraction = re.fullmatch(r"([-+]?)\\d?frac\{(\d+)\}\{(\d+)\}", plain)
    if fraction:
        plain = f"{fraction[1]}{fraction[2]}/{fraction[3]}"
    if not re.search(r"\d", plain) or len(plain) > 100 or not NUMBER.fullmatch(plain):
        return None
    percent = plain.endswith("%")
    top, _, bottom = plain.rstrip("%").replace(",", "").partition("/")
    if bottom and int(bottom) == 0:
        return None
    value = Fraction(top) / (Fraction(bottom) if bottom else 1)
    return value / 100 if percent else value


def choice_of(text, choices):
    plain = words(text)
    for index, choice in enumerate(choices):
        if plain != "" and words(choice) == plain:
            return index
    letter = re.match(
        r"\s*(?:the\s+)?(?:correct\s+)?(?:(?:option|choice|answer)\s*(?:is)?\s*:?\s*)?[(\[]?([A-Za-z])(?:[)\].:]|\s*$)",
        text,
        re.IGNORECASE,
    )
    if letter:
        index = ord(letter[1].upper()) - ord("A")
        return index if index < len(choices) else None
    value = number(text)
    same = [i for i, choice in enumerate(choices) if value is not None and number(choice) == value]
    return same[0] if len(same) == 1 else None


def words(text):
    plain = re.sub(r"\\(?:text|mathrm|textbf|mathbf)\s*\{([^{}]*)\}", r"\1", text).strip().strip("$")
    return re.sub(r"\s+", " ", plain).strip(" .,;:!?'\"()").lower()
`;
