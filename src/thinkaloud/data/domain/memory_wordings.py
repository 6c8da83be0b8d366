"""How people tell what is to be remembered, ask for it, correct themselves and go on from an answer."""

from thinkaloud.data.domain.lexicon import wordings

MY_NAME = wordings("""
    my name is {}. | i am {}. | call me {}. | hello, my name is {}. | you can call me {}. | hi, i am {}. | my name's {}.
    hi, my name is {}. | hello, i am {}. | hello, i'm {}. | i'm {}. | hey, i'm {}. | hello there, my name is {}.
    good morning, my name is {}. | the name is {}. | my first name is {}. | i am called {}. | they call me {}.
    people call me {}. | everybody calls me {}. | my friends call me {}. | please call me {}. | you may call me {}.
    just call me {}. | {} is my name. | remember my name, it is {}. | remember that my name is {}. | remember, i am {}.
    please remember my name: {}. | you are talking to {}. | nice to meet you, i am {}. | nice to meet you, my name is {}.
    let me introduce myself, i am {}. | i want to tell you my name, it is {}. | you should know that my name is {}.
    my parents named me {}. | i go by the name {}. | the person talking to you is {}. | hello pocket, i am {}.
    hello pocket, my name is {}.
""")
WHAT_NAME = wordings("""
    what is my name? | who am i? | do you remember my name? | what am i called? | what's my name? | say my name.
    what was my name? | what was my name again? | what is my name again? | what's my name again? | my name is what? | my name?
    and my name? | and what is my name? | so what is my name? | now, what is my name? | who am i again? | who am i to you?
    who is talking to you? | who is speaking to you? | what name do i have? | what name did i tell you?
    what name did i give you? | what did i say my name was? | which name did i tell you? | how am i called?
    how do people call me? | how do you call me? | what do you call me? | what do people call me? | do you know my name?
    do you know who i am? | do you still know my name? | do you still remember my name? | do you remember who i am?
    do you remember what i am called? | can you remember my name? | can you say my name? | can you tell me my name?
    have you forgotten my name? | did you forget my name? | tell me my name. | tell me what my name is. | tell me who i am.
    tell me what i am called. | give me my name. | i forgot my name, what is it? | i told you my name, what is it?
""")
OTHER_NAME = wordings("""
    no, my name is {}. | no, i said {}. | sorry, my name is {}. | no, call me {}. | no, i am {}. | no, i'm {}.
    no, the name is {}. | no, my name's {}. | no no, my name is {}. | no, not that. my name is {}.
    no, that is wrong, i am {}. | no, that is not my name, i am {}. | not that, my name is {}. | not quite, my name is {}.
    wrong, my name is {}. | wrong name, i am {}. | that is wrong, my name is {}. | that is not my name, i am {}.
    sorry, i am {}. | sorry, i meant {}. | sorry, it is {}. | sorry, call me {}. | sorry, i said {}. | i said {}.
    i said my name is {}. | i meant {}. | you heard me wrong, i am {}. | wait, my name is {}. | wait, i am {}.
    actually, my name is {}. | actually, i am {}. | actually, call me {}.
""")
MY_NUMBER = wordings("""
    remember the number {}. | please remember {}. | keep the number {} in mind. | my number is {}. remember it.
    do not forget {}. | remember {}. | remember this number: {}. | remember this: {}. | remember the number {} for me.
    please remember the number {}. | please remember this number: {}. | please keep in mind {}. | please do not forget {}.
    please do not forget the number {}. | do not forget the number {}. | don't forget the number {}.
    never forget the number {}. | can you remember {}? | can you remember the number {}? | can you keep the number {} in mind?
    could you remember {} for me? | keep {} in mind. | keep in mind the number {}. | keep this number: {}.
    keep the number {} for me. | keep the number {}. | i want you to remember {}. | i want you to remember the number {}.
    i would like you to remember {}. | i tell you a number: {}. remember it. | i have a number for you: {}. remember it.
    here is a number to remember: {}. | here is a number: {}. remember it. | the number to remember is {}.
    the number you must remember is {}. | you must remember the number {}. | you must remember {}. | learn the number {}.
    save the number {}. | save this number: {}. | store the number {}. | note the number {}. | hold the number {} in your head.
    put the number {} in your memory. | {}, remember that. | {}, please remember it. | {} is the number to remember.
""")
WHAT_NUMBER = wordings("""
    what was the number? | which number did i tell you? | what number did you remember? | tell me the number.
    do you remember the number? | what is the number? | what's the number? | what was the number again? | what was that number?
    what was my number? | what number was it? | what number did i tell you? | what number did i give you?
    what number did i say? | what number should you remember? | what number did you keep in mind?
    what number do you remember? | what number is in your memory? | which number was it? | which number was that?
    which number did i say? | which number did i give you? | which number did you remember? | which number should you remember?
    which number do you have in mind? | the number was what? | the number, please. | the number? | and the number?
    and what was the number? | my number, please. | now tell me the number. | tell me the number again.
    tell me the number i gave you. | tell me my number. | tell me which number it was. | tell me what the number was.
    say the number. | say the number i told you. | say the number again. | give me the number. | give me the number back.
    give me back my number. | do you know the number? | do you still know the number? | do you still remember the number?
    do you remember what the number was? | do you remember which number it was? | can you remember the number?
    can you tell me the number? | have you forgotten the number? | did you forget the number?
    i forgot the number, what was it? | i need the number now.
""")
CHANGE_PROBLEM = wordings("""
    no, i said {}. | sorry, i meant {}. | wait, what is {}? | no, what is {}? | no, i meant {}. | no, {}. | no no, {}.
    no, not that, {}. | no, i wanted {}. | no, i asked for {}. | no, how much is {}? | no wait, {}. | sorry, {}.
    sorry, i said {}. | sorry, what is {}? | sorry, i wanted {}. | sorry, how much is {}? | wait, {}. | wait, i meant {}.
    wait, i said {}. | wait, no, {}. | wait, how much is {}? | not that, {}. | not that, i meant {}. | i said {}. | i meant {}.
    i wanted to say {}. | i wanted to ask {}. | actually, {}. | actually, what is {}? | actually, i meant {}. | my mistake, {}.
    my mistake, i meant {}. | that was wrong, i meant {}. | oh, i meant {}. | oh no, i meant {}.
    you heard me wrong, i said {}. | i changed my mind. what is {}?
""")
SAY_STRING = wordings("repeat {}. | say {}. | please say {}. | repeat after me: {}.")
CHANGE_STRING = wordings("""
    no, i said {}. | no, say {}. | sorry, i meant {}. | i changed my mind. say {}. | wait, i said {}. | not that. say {}.
    no, i meant {}. | no, {}. | no no, i said {}. | no no, say {}. | no, not that. say {}. | no, repeat {}.
    no, the words are {}. | no, it is {}. | no, i wanted {}. | no, you should say {}. | no wait, say {}.
    no, that was wrong. say {}. | sorry, {}. | sorry, i said {}. | sorry, say {}. | sorry, i wanted to say {}.
    sorry, that was wrong. say {}. | wait, {}. | wait, i meant {}. | wait, say {}. | wait, no, say {}. | wait, it is {}.
    not that, {}. | not that, i meant {}. | not that, i said {}. | that is wrong, i said {}.
    that is not what i said. i said {}. | that is not right. say {}. | i said {}. | i meant {}. | i meant to say {}.
    i wanted to say {}. | i made a mistake. say {}. | i changed my mind, say {}. | i changed my mind: {}.
    i was wrong. say {}. | my mistake. say {}. | my mistake, i meant {}. | my mistake, it is {}. | actually, {}.
    actually, say {}. | actually, i meant {}. | oh, i meant {}. | oh no, i meant {}. | you heard me wrong. i said {}.
    instead of that, say {}. | better say {}. | rather say {}. | let me change that: {}. | let me correct that: {}.
    let me say it again: {}.
""")
AGAIN = wordings("""
    say that again. | what did you say? | can you repeat that? | pardon? | again, please. | please say it again.
    one more time. | say it again. | say it once more. | say that once more. | say that one more time. | say it one more time.
    say again. | please say that again. | please repeat that. | please repeat. | repeat that. | repeat that, please.
    repeat it. | repeat please. | repeat what you said. | repeat your answer. | repeat the answer. | repeat the last answer.
    again. | again? | and again, please. | once again. | once more. | once more, please. | one more time, please.
    what was that? | what was that again? | what was your answer? | what was the answer? | what was the last thing you said?
    what did you just say? | what did you say just now? | what did you say again? | what did you answer? | what have you said?
    what have you just said? | what? | what, please? | sorry, what? | sorry, what was that? | sorry, what did you say?
    sorry, again please. | sorry, i did not hear that. | sorry, i did not hear you. | sorry, can you repeat that? | pardon me?
    i beg your pardon? | excuse me, what did you say? | excuse me, what was that? | i did not hear that. | i did not hear you.
    i did not hear what you said. | i did not understand. | i did not understand that. | i did not get that.
    i did not catch that. | i didn't hear you. | i could not hear you. | i could not hear that. | i missed that.
    i missed what you said. | you said what? | you said? | how was that? | come again? | can you say it again?
    can you say that again? | can you say that once more? | can you repeat? | can you repeat it?
    can you repeat what you said? | can you repeat your answer? | could you repeat that? | could you say that again?
    could i hear that again? | can i hear that again? | may i hear that again? | would you say that again?
    would you repeat that? | will you say it again? | tell me again. | tell me that again. | tell me once more.
    tell me what you said. | tell me your answer again. | give me the answer again. | give me that again.
    let me hear that again. | let me hear it again. | let me hear it once more. | i want to hear that again.
    i would like to hear it again. | i forgot what you said. | i was not listening, say it again.
    it was too loud here, say it again. | it was too fast, say it again. | that was too fast, again please.
    that was too quiet, say it again. | your answer again, please. | the last answer again, please. | the same again, please.
""")
CALCULATE_ON = wordings("""
    and {0} {1}? | now {0} {1}. | what is that {0} {1}? | and then {0} {1}? | {0} {1}? | and that {0} {1}? | that {0} {1}?
    that {0} {1} is what? | and now {0} {1}? | and now {0} {1}. | now that {0} {1}. | then {0} {1}? | then {0} {1}.
    and then {0} {1}. | {0} {1}. | {0} {1}, please. | {0} {1} is what? | what about {0} {1}? | and what about {0} {1}?
    how about {0} {1}? | and what is it {0} {1}? | what is it {0} {1}? | what is the result {0} {1}?
    what is the answer {0} {1}? | what is this {0} {1}? | what's that {0} {1}? | how much is that {0} {1}?
    how much is it {0} {1}? | how much is it then {0} {1}? | how much is the result {0} {1}? | the result {0} {1}?
    the answer {0} {1}? | take that, {0} {1}. | take the result {0} {1}. | from there {0} {1}. | go on, {0} {1}.
    go on with {0} {1}. | next, {0} {1}. | okay, {0} {1}? | okay, now {0} {1}. | good, and {0} {1}? | and if i say {0} {1}?
    and what if i say {0} {1}? | calculate that {0} {1}. | calculate on: {0} {1}. | tell me that {0} {1}.
    tell me what that is {0} {1}.
""")
IS_TOLD = wordings("""
    my {0} is {1}. | {1} is my {0}. | my {0} is {1}, remember that. | remember that my {0} is {1}.
    please remember that my {0} is {1}. | remember, my {0} is {1}. | you should know that my {0} is {1}.
    of all, {1} is my {0}. | i think {1} is my {0}. | for me, {1} is my {0}. | my own {0} is {1}.
    do not forget that my {0} is {1}. | i want to tell you that my {0} is {1}. | i tell you that my {0} is {1}.
    i have a {0}, it is {1}. | i have a {0}. it is {1}. | my {0}? it is {1}. | my {0}, that is {1}. | {1}, that is my {0}.
    {1} has always been my {0}. | {1} is really my {0}. | did you know that my {0} is {1}?
""")
IS_ASKED = wordings("""
    what is my {0}? | do you remember my {0}? | tell me my {0}. | what was my {0}? | what was my {0} again?
    what's my {0}? | what is my {0} again? | which is my {0}? | my {0} is what? | my {0}? | and my {0}?
    and what is my {0}? | do you know my {0}? | do you still know my {0}? | do you still remember my {0}?
    do you remember what my {0} is? | can you remember my {0}? | can you tell me my {0}? | can you tell me what my {0} is?
    have you forgotten my {0}? | did you forget my {0}? | what did i say is my {0}? | what did i say my {0} was?
    what did i tell you about my {0}? | i told you my {0}, what is it? | tell me what my {0} is. | tell me what my {0} was.
    say my {0}. | name my {0}. | give me my {0}.
""")
CALLED_TOLD = wordings("""
    my {0} is called {1}. | the name of my {0} is {1}. | my {0}'s name is {1}. | my {0} has the name {1}.
    my {0} is named {1}. | my {0} goes by the name {1}. | i have a {0} called {1}. | i have a {0} named {1}.
    i have a {0} with the name {1}. | i have a {0}. the name is {1}. | i call my {0} {1}. | we call my {0} {1}.
    everybody calls my {0} {1}. | {1} is the name of my {0}. | {1} is my {0}'s name. | {1} is what my {0} is called.
    remember that my {0} is called {1}. | remember, my {0} is called {1}. | please remember that my {0} is called {1}.
    you should know that my {0} is called {1}. | the name of my {0}? it is {1}. | my {0} has a name, it is {1}.
    do not forget that my {0} is called {1}. | i tell you the name of my {0}, it is {1}.
""")
CALLED_ASKED = wordings("""
    what is my {0} called? | what is the name of my {0}? | do you remember the name of my {0}? | what is my {0}'s name?
    what's my {0}'s name? | what was my {0}'s name? | what was the name of my {0}? | what was my {0} called?
    what was my {0} called again? | what name does my {0} have? | what name has my {0}? | which name does my {0} have?
    how is my {0} called? | what do i call my {0}? | what do people call my {0}? | what did i say my {0} is called?
    what did i say is the name of my {0}? | my {0} is called what? | my {0} has what name? | my {0}'s name?
    and my {0}'s name? | and what is my {0} called? | the name of my {0}? | the name of my {0}, please.
    do you know my {0}'s name? | do you know what my {0} is called? | do you know the name of my {0}?
    do you still know my {0}'s name? | do you still remember what my {0} is called? | do you remember my {0}'s name?
    do you remember what my {0} is called? | can you remember my {0}'s name? | can you tell me the name of my {0}?
    have you forgotten the name of my {0}? | tell me the name of my {0}. | tell me my {0}'s name.
    tell me what my {0} is called. | say the name of my {0}. | give me the name of my {0}.
""")
LIVE_TOLD = wordings("""
    i live in {1}. | my home is in {1}. | i come from {1}. | i live in the city of {1}. | i am living in {1}.
    i live here in {1}. | i now live in {1}. | i am from {1}. | i am at home in {1}. | i have a house in {1}.
    i have my home in {1}. | i stay in {1}. | my house is in {1}. | my city is {1}. | my home is {1}.
    my home city is {1}. | my family lives in {1}, and i do too. | we live in {1}. | my family and i live in {1}.
    {1} is my home. | {1} is my city. | {1} is where i live. | {1} is the city i live in. | the city i live in is {1}.
    the place where i live is {1}. | remember that i live in {1}. | please remember that i live in {1}.
    you should know that i live in {1}. | do not forget that i live in {1}. | did you know that i live in {1}?
""")
LIVE_ASKED = wordings("""
    where do i live? | what city do i live in? | do you remember where i live? | where is my home? | where is my house?
    where do i live again? | where am i at home? | where did i say i live? | where is it that i live?
    where do you think i live? | in which city do i live? | in what city do i live? | in what place do i live?
    what city is my home? | what is my city? | what is my home city? | what was my city? | what place do i live in?
    what city did i say i live in? | which city do i live in? | which city is my home? | which is my city? | i live where?
    i live in which city? | my home is where? | my city is what? | and where do i live? | do you know where i live?
    do you still know where i live? | do you still remember where i live? | do you remember my city?
    do you know in which city i live? | can you remember where i live? | can you tell me where i live?
    have you forgotten where i live? | did you forget where i live? | tell me where i live. | tell me where my home is.
    tell me which city i live in. | say where i live. | name the city i live in. | i told you where i live, where is it?
""")
