"""torchvision._utils."""


def sequence_to_str(seq, separate_last=""):
    texts = [f"'{one}'" for one in seq]
    if len(texts) < 2:
        return "".join(texts)
    return ", ".join(texts[:-1]) + ("" if separate_last else ",") + f" {separate_last}{texts[-1]}"
