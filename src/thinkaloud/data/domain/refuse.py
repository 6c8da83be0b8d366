"""Honest refusals: what it knows nothing about, what it can not do, and what only somebody here and now could know."""

import random

from thinkaloud.data.domain.dialogue import Dialogue, closed, opened
from thinkaloud.data.domain.lexicon import ADJECTIVES, ANIMALS, COLORS, FOODS, PEOPLE, THINGS, listed, plural, wordings
from thinkaloud.data.domain.numbers import say

TOPICS = listed(
    "the president, the weather, the news, the stock market, football, the war, the traffic, the bank, history, "
    "chemistry, the internet, politics, the law, medicine, my health, the government, a good restaurant, the movie, "
    "the price of gold, physics, the moon landing, dinosaurs, my taxes, love, space travel, computers, cooking, "
    "my job, religion, art, music, the future, money, the stars, the universe, mathematics, the human body, the brain, "
    "the last election, the price of bread, baby names, old castles, electric cars, world history, the olympic games, "
    "the new phone, gardening, cheap tickets, the best school, my neighbor, your favorite movie, wild animals"
)
WISHES = listed(
    "play some music, set an alarm, call my mother, send a message, turn on the light, open the door, order a pizza, "
    "book a flight, read my mail, find my phone, buy a ticket, write a letter, take a picture, translate this, "
    "drive me home, start the car, turn off the radio, show me a movie, clean the kitchen, make coffee, tell me a story, "
    "sing a song, write a poem, read the news, wake me at six, set a timer for ten minutes, turn up the music, "
    "make it louder, lock the door, close the window, turn off the light, switch on the heating, make it warmer in here, "
    "call a taxi, call the police, find a doctor, find a good restaurant, show me the way home, add milk to my list, "
    "send my boss a mail, pay my bill, wash the dishes, feed the cat, walk the dog, bake a cake, cook dinner, take a note, "
    "play a game with me, play the radio, stop the music, open my calendar, start the washing machine, do my homework, "
    "check the weather, look it up on the internet, book a table for two, buy some bread, record my voice, "
    "change the channel, water the flowers, draw a picture, look out of the window, bring me a glass of water"
)
CHORES = listed(
    "open close find buy sell clean wash fix bring paint move draw watch hide lift push pull carry cut burn build start stop "
    "hold drop weigh wrap photograph feed follow catch"
)
FAR = listed("brazil vietnam ethiopia bolivia mongolia jamaica algeria romania chile nigeria pakistan ghana libya uganda")


NOW = wordings("""
    what time is it? | what is the time? | can you tell me the time? | what day is it today? | what day is today?
    what is the date today? | what is the date? | what year is it? | how is the weather? | what is the weather like today?
    what will the weather be tomorrow? | is it raining? | is it cold outside? | how warm is it outside? | where am i?
    where are we? | how old am i? | the time, please? | do you have the time? | how late is it? | how late is it now?
    is it late? | what hour is it? | what does the clock say now? | which day is it? | which day do we have today?
    what day do we have? | what day is tomorrow? | what day was yesterday? | what day is it tomorrow? | is today monday?
    is it monday today? | is it sunday today? | what is today's date? | which month is it? | what month is it now?
    which month do we have? | what year do we have? | which year is it now? | what season is it now?
    is it summer or winter now? | is it the weekend now? | how long until the weekend? | how is the weather outside?
    will it rain today? | will it rain tomorrow? | do i need a coat today? | is it snowing? | is it hot today? | is it sunny?
    how cold is it? | how hot is it outside? | how cold will it be tonight? | what is the weather in london?
    how is the weather in paris? | what's the weather? | is it dark outside? | is it morning or evening?
    is it day or night now? | what city am i in? | which city are we in? | what street is this? | in what country am i?
    when was i born? | when is my birthday? | what did i eat today? | how many people are here? | who is at the door?
    who called me? | is anybody home? | where is my phone? | where are my keys? | where is my son? | what color is my shirt?
    what am i wearing? | how tall am i? | do i have mail? | when does my train go? | when does the bus come?
    what is in the news? | who won the game? | what is on television? | how much money do i have? | how long have we talked?
    am i late? | when is dinner? | what happened today? | is the store open now? | how far is it to the station?
""")
TOO_BIG = wordings("""
    what is {} times {}? | how much is {} times {}? | {} times {}. | multiply {} by {}. | what's {} times {}?
    calculate {} times {}. | how much is {} multiplied by {}? | {} times {} is what? | {} times {}? | tell me {} times {}.
    what is the product of {} and {}? | can you multiply {} by {}? | work out {} times {}. | what is {} multiplied by {}?
    {} multiplied by {}. | if i multiply {} by {}, what do i get? | {} bags with {} cookies in each, how many in all?
    what does {} times {} make?
""")
TOPIC_QUESTION = wordings("""
    what do you know about {}? | tell me about {}. | what do you think about {}? | explain {}. | can you explain {}?
    i want to know about {}. | who invented {}? | why would {} be important? | when did {} begin? | talk about {}.
    what is new about {}? | what can you tell me about {}? | can you tell me something about {}? | tell me something about {}.
    tell me everything about {}. | tell me more about {}. | do you know anything about {}? | do you know a lot about {}?
    have you heard about {}? | what have you heard about {}? | what is your opinion of {}?
    i would like to know more about {}. | i have a question about {}. | i need help with {}. | can you help me with {}?
    help me understand {}. | how did {} begin? | where does the name of {} come from? | who made {}? | who is in charge of {}?
    what is the story of {}? | what is the future of {}? | why do people like {}? | why do we need {}?
    why do people talk about {}? | what is good about {}? | what is wrong with {}? | what happened to {}?
    let us talk about {}. | can we talk about {}? | teach me about {}. | i want to learn about {}.
    give me some facts about {}. | what is special about {}? | how can i learn about {}? | what do people say about {}?
    what should i know about {}? | what does science say about {}? | did you read about {}? | is there any news about {}?
    how do i find out about {}? | explain {} to me, please. | {}, tell me about that. | what is the best thing about {}?
    is it true what they say about {}? | read me something about {}.
""")
WISH_QUESTION = wordings("""
    {}. | please {}. | can you {}? | could you {}? | i want you to {}. | would you {}? | would you please {}? | will you {}?
    could you please {}? | can you please {}? | i would like you to {}. | i need you to {}. | {} for me. | {}, please.
    {} right now. | {} now. | quickly, {}. | pocket, {}. | hey pocket, {}. | are you able to {}?
    is it possible for you to {}? | you should {}. | would you be so kind to {}? | be so good and {}. | may i ask you to {}?
    i wish you would {}. | it would be nice if you could {}. | do you know how to {}? | do you think you can {}?
    any chance you can {}? | can someone {}? | i can't do it, so {}. | let us {}. | go and {}. | help me {}. | you have to {}.
    help me to {}. | tomorrow morning, {}. | {} this evening. | in ten minutes, {}. | later, {}. | {} when i am home.
    why don't you {}? | you must {}. | i was hoping you could {}. | try to {}. | {} as soon as you can. | if you can, {}.
    don't forget to {}. | can you {} today? | {} again. | my mother wants you to {}. | now {}. | okay, {}.
    you could {} for me. | remind me to {}.
""")
FAR_QUESTION = wordings("""
    what is the capital of {}? | tell me the capital of {}. | which city is the capital of {}? | who lives in {}?
    how big is {}? | {} capital? | capital of {}? | what's the capital of {}? | name the capital of {}.
    what capital does {} have? | {}, what is its capital? | what is the capital city of {}? | how many people live in {}?
    where is {}? | what do people eat in {}? | who is the president of {}? | how far away is {}? | how is the weather in {}?
    which language do they speak in {}? | how do i get to {}? | what is the main city of {}? | have you been to {}?
    how old is {}? | is {} a rich country? | what is the food like in {}? | how hot does it get in {}?
    which rivers are in {}? | what color is the flag of {}? | what is {} famous for? | when should i travel to {}?
    is {} bigger than france? | how many cities are in {}?
""")


def _topic(rng: random.Random) -> str:
    """What it knows nothing about: half of a list, half made of open words, for the world is large."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(TOPICS)
    thing = rng.choice(THINGS + ANIMALS + PEOPLE)
    return plural(thing) if kind < 0.65 else f"{rng.choice(('the', 'my', 'your', 'this'))} {_described(rng, thing)}"


def _wish(rng: random.Random) -> str:
    """What it can not do."""
    kind = rng.random()
    if kind < 0.5:
        return rng.choice(WISHES)
    if kind < 0.6:
        return f"{rng.choice(('cook', 'order', 'make', 'serve'))} {rng.choice(('the', 'my', 'some'))} {rng.choice(FOODS)}"
    if kind < 0.7:
        return f"{rng.choice(('call', 'visit', 'invite', 'ask'))} {rng.choice(('my', 'the'))} {rng.choice(PEOPLE)}"
    thing = _described(rng, rng.choice(THINGS + ANIMALS))
    return f"{rng.choice(CHORES)} {rng.choice(('the', 'my', 'this'))} {thing}"


def _described(rng: random.Random, noun: str) -> str:
    return f"{rng.choice(ADJECTIVES + COLORS)} {noun}" if rng.random() < 0.3 else noun


def _refuse(rng: random.Random) -> Dialogue:
    kind = rng.random()
    if kind < 0.42:
        topic = _topic(rng)
        asked = rng.choice(TOPIC_QUESTION)
        return opened(asked.format(topic), "i do not know that yet.", f"topic {topic}")
    if kind < 0.74:
        wish = _wish(rng)
        asked = rng.choice(WISH_QUESTION)
        return opened(asked.format(wish), "i can not do that yet.", f"wish {wish}")
    if kind < 0.84:
        asked = rng.choice(NOW)
        return closed(asked, "i do not know that yet.", f"now {asked}")
    if kind < 0.92:
        country = rng.choice(FAR)
        asked = rng.choice(FAR_QUESTION)
        return closed(asked.format(country), "i do not know that yet.", f"far {country}")
    a, b = rng.randint(21, 99), rng.randint(21, 99)
    asked = rng.choice(TOO_BIG)
    return opened(asked.format(say(a), say(b)), "i do not know that yet.", f"too big {a} {b}")


INTENTS = {"refuse": _refuse}
