"""Names: those that the domain uses often, and many more, each said seldom. From many names one learns to say back any.

Tests hold them out by name, as all open content.
"""

from thinkaloud.data.domain.lexicon import NAMES, listed

FURTHER_NAMES = listed(
    "aaron abigail ada agnes aidan alan albert alex alexander alexandra alfred alison amanda amber amelia andrea andrew "
    "angela angus anita annie anthony antonio april ariel arnold ashley astrid aurora austin ava barbara barry beatrice "
    "becky benjamin bernard beth bill billy bob brandon brenda brian bridget bruce bruno caleb cameron camilla carl carla "
    "carmen caroline catherine cecilia chris christian christine christopher cindy claire claudia cole colin connor craig "
    "crystal cynthia dan danny daphne darren dave dean deborah denise dennis derek diego dominic don donald donna doris "
    "dorothy douglas dylan edgar edith edwin eileen elaine eleanor elena eli elias elijah elizabeth ellen elsa emil emily "
    "eric erica ernest esther ethan eugene evan evelyn faith fatima fiona florence frances francis fred freddy gabriel gary "
    "gavin gemma gerald gina giovanni gloria gordon graham gregory greta gus harold harriet harry harvey hazel heather "
    "heidi herbert holly howard ian ida ingrid irene iris isaac isabel isabella ivan ivy jackson jacob jade jamie jan jane "
    "janet jasmine jason jasper jean jeff jennifer jenny jeremy jerry jesse jessica jill jim jimmy joan joanna joel john "
    "johnny jonas jonathan jordan joseph josephine joshua joy juan judith judy julian juliet justin karen kate kathy katie "
    "keith kelly ken kenneth kim kirsten kurt kyle larry lars laurence layla leah leila lena leon leonard leslie lewis liam "
    "lily lisbeth liz logan lola lorenzo louise lucas luis luke lydia lynn mabel madeleine maggie malcolm manuel marco "
    "marcus margaret marie marina mario marion marjorie marlene martha mason mateo matthew maureen maurice megan melanie "
    "melissa michael michelle miguel mike mildred miriam mohammed morgan muriel nancy naomi natalie natasha nathan neil "
    "nicholas nicola nicole nigel noah noel nora norman olga omar otto pablo pamela patricia patrick paula pauline pearl "
    "pedro penny percy philip phoebe phyllis priya rachel ralph ramona ray raymond rebecca regina ricardo richard rita "
    "roberta robin rodney roger roland ron ronald rory rosemary ross roy ruby rudolf rupert russell ryan sabrina salim "
    "sally sandra sasha scott sean sebastian selma seth sharon sheila shirley sidney silvia simone sofia sonia stanley "
    "stella stephanie stephen steve stuart sue sunita suzanne sven sylvia tania tara ted teresa terry thelma thomas tim "
    "timothy tina toby todd tony tracy trevor tyler ulrich una ursula valerie vanessa vernon veronica vincent viola violet "
    "virginia vivian wanda warren wayne wendy wilfred william winston xavier yasmin yusuf yvonne zachary zara"
)
SAID_NAMES = NAMES * 5 + FURTHER_NAMES
"""To draw from: about half of the time one of those that are often said."""
