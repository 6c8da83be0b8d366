"""Which words of a sentence are spoken of as of letters, as a regular expression: its groups hold them."""

_NOT_SPELLED = (
    r"(?!(?:words|me|that is|this (?:word|for)|this(?= ?:)|it|them)\b)"
    r"(?!(?:(?:the|down|these|those)(?= )|which word|one word)\b)"
    r"(?!(?:long|hard|difficult) words\b)(?!(?:of|in|for|first|last|at|[a-z])\b(?! ?[?.,]))"
)
SPELLED_WORDS = (  # where a sentence speaks of a word as of letters; "can you spell words?" does not
    r"(?i)(?:\bspell(?:s(?! what\b)|ing of|ing for)?(?: out)?(?: me)? |\bspell(?: [a-z]+){0,4}: |\bhow many letters: |"
    r"\b(?:spelling|spelled|letter by letter(?:, please)?): |\bwrit(?:e|ing) (?!.* in numbers\b)|"
    r"\bletters? (?:(?!(?:of|in|for|has|does|and|what|which|how|that|please)\b)[a-z]+ ){0,5}?(?:of|in|into|for) |"
    r"\bletters? (?:has|does|make up|make|starts|begins|ends|long is) |"
    r"\bdoes (?=(?:the word )?[a-z']+ (?:start|begin|end) with\b)|"
    r"\bletters? (?=(?:the word )?[a-z']+ (?:has|starts|begins|ends)\b)|\bmany letters is |"
    r"\bhow (?=(?:the word )?[a-z']+ is (?:spelled|written)\b))(?:the word )?"
    rf"{_NOT_SPELLED}([a-z']+)|"
    r"\b(?:long is|how does) the word ([a-z']+)|"
    r"\bhow is (?:the word )?(?!the\b|it\b|that\b)([a-z']+)(?= (?:spelled|written))|"
    r"\bword(?: is)? (?!(?:the|is|that|with|for|you|from|of|did|do|does|has|am|made|spells)\b)([a-z']+)"
    r"(?=[,.]? .*\b(?:spell|spelled|letters?|written|write)\b)|"
    r"(?:^|[,.:] )([a-z']+)(?= (?:has (?:[a-z]+|how many) letters?\b|(?:starts|begins|ends) with (?:the|which|what) letter\b|"
    r"is (?:spelled|written) (?:how|with)\b|is how many letters\b|is made of how many letters\b))|"
    r"\b(?!(?:it|that|me|apart|spelled)\b)([a-z']+)(?=,? letter by letter)|"
    r"\b(?!(?:please|alphabet)\b)([a-z']+)(?=[,.] (?:(?:please |can you )?spell (?:it|that)|"
    r"how is (?:it|that) (?:spelled|written)|"
    r"how (?:do|would|can) (?:you|i) (?:spell|write) (?:it|that)|count the letters|"
    r"how many(?: letters| are (?:there|in it))|(?:what|which)(?: are| is|'s) (?:its|the) (?:(?:first|last) )?letters?[?.,]|"
    r"(?:what|which) letter (?:comes (?:first|last)(?! in)|does it)))"
)
