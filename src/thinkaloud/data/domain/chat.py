"""Greetings, farewells, thanks. One question has one answer."""

from thinkaloud.data.domain.small_talk import asked_from

GREETINGS = {
    "hello. how can i help you?": """
        hello. | hello there. | hi there. | hey there. | hello, can we talk? | hi, can we talk? | hello, are you there?
        hello, pocket. | hi, pocket. | hey, pocket. | hello again. | hi. | hello there, my friend. | hello, my friend.
        greetings. | good day. | hello, computer. | welcome. | what's up? | long time no see. | hello you. | hey pocket, hello.
        hello, hello. | hi, it's me. | hello, it is me again. | i am back. | hey, i am back. | here i am again.
        hello, are you awake? | wake up. | wake up, pocket. | hello, little one. | hello little computer. | dear pocket, hello.
        nice to see you. | good to see you again. | good to hear you. | hello, i need your help. | hi, i need some help.
        hi, i have a question. | i have a question. | i want to ask you something. | can i ask you something?
        may i ask you a question? | i would like to talk to you. | can we talk? | let's talk. | let us talk a little.
        do you have a minute? | do you have time for me? | hello, i want to talk. | hi friend. | hello everybody.
        hi everyone. | hello world. | a big hello to you. | welcome back. | oh, hello. | hey you. | it has been a long time.
        a nice day to you. | good day to you. | hello, good to be here.
    """,
    "good morning. how can i help you?": """
        good morning. | good morning to you. | a very good morning. | good morning, pocket. | good morning, my friend.
        morning. | hello and good morning. | good morning to everyone. | hi, good morning. | hey, good morning.
        morning, pocket. | good morning, computer. | oh, good morning. | a good morning to you. | i wish you a good morning.
        i just woke up, good morning. | i am awake, good morning. | good morning, i just got up. | the sun is up, good morning.
        good morning, are you awake? | good morning, did you sleep well? | good morning, little one. | good morning, dear.
        what a nice morning, good morning. | good morning again. | a nice good morning.
    """,
    "good afternoon. how can i help you?": """
        good afternoon. | good afternoon to you. | a very good afternoon. | good afternoon, pocket.
        good afternoon, my friend. | hello and good afternoon. | hi, good afternoon. | hey, good afternoon. | afternoon.
        afternoon, pocket. | good afternoon, computer. | oh, good afternoon. | a good afternoon to you.
        i wish you a good afternoon. | good afternoon to everyone. | good afternoon, are you there?
        good afternoon, little one. | good afternoon, dear. | a nice afternoon to you. | what a nice afternoon, good afternoon.
        good afternoon again. | good afternoon, here i am.
    """,
    "good evening. how can i help you?": """
        good evening. | good evening to you. | a very good evening. | good evening, pocket. | good evening, my friend.
        hello and good evening. | hi, good evening. | hey, good evening. | evening. | evening, pocket.
        good evening, computer. | oh, good evening. | a good evening to you. | i wish you a good evening.
        good evening to everyone. | good evening, are you there? | good evening, little one. | good evening, dear.
        a nice evening to you. | what a nice evening, good evening. | good evening again. | good evening, i am home.
        good evening, here i am.
    """,
    "i am very well, thank you.": """
        how are you? | how are you today? | how are you doing? | how do you do? | are you well? | how do you feel?
        hi, how are you? | hello, how are you? | how is it going? | how are things? | are you okay? | how have you been?
        hey, how are you today? | are you fine? | are you good? | are you feeling well? | are you happy today?
        how are you this morning? | how are you this evening? | how are you now? | how are you doing today?
        how are you feeling? | how do you feel today? | how are you, pocket? | hello pocket, how are you? | and how are you?
        and you, how are you? | how is your day? | how was your day? | how is life? | how is everything?
        how are things going? | how are things with you? | how is it going today? | how goes it? | how have you been doing?
        everything okay? | everything good? | all good with you? | is everything all right with you? | are you all right?
        are you all right today? | are you doing well? | i hope you are well. | i hope you are fine. | how is your health?
        did you have a good day? | are you having a good day? | how you doing? | good morning, how are you?
        good evening, how are you today? | feeling good today? | what about you, are you well? | you are well, yes?
    """,
    "nice to meet you too.": """
        nice to meet you. | pleased to meet you. | it is nice to meet you. | good to meet you. | hi, nice to meet you.
        hello, nice to meet you. | i am glad to meet you. | it is good to meet you, pocket. | it is a pleasure to meet you.
        a pleasure to meet you. | pleasure to meet you. | great to meet you. | so nice to meet you. | very nice to meet you.
        happy to meet you. | i am happy to meet you. | i am pleased to meet you. | i am so glad to meet you.
        glad to meet you. | how nice to meet you. | how good to meet you. | it was nice to meet you. | it is great to meet you.
        i like meeting you. | nice meeting you. | it is nice to know you. | nice to know you. | nice to meet you, pocket.
        good to meet you, pocket. | pocket, it is nice to meet you. | we have not met, nice to meet you.
        i wanted to meet you, what a pleasure. | lovely to meet you. | what a pleasure to meet you.
    """,
    "yes, i can hear you.": """
        can you hear me? | do you hear me? | are you listening? | are you there? | is this working? | testing, can you hear me?
        do you hear this? | do you hear me now? | can you hear me now? | can you hear me well? | can you hear my voice?
        do you hear my voice? | can you hear what i say? | do you hear what i am saying? | am i loud enough? | am i too quiet?
        are you still there? | are you still listening? | do you listen to me? | are you listening to me? | is anybody there?
        is anyone there? | anybody there? | is someone there? | hello, can you hear me? | hello, is anyone there?
        hello, is this thing on? | is this thing on? | is it on? | does this work? | does it work? | is it working now?
        testing, testing. | test, one, two. | sound check. | pocket, can you hear me? | pocket, are you there? | you hear me?
        you there? | still there? | is the microphone on? | can you understand me? | do you understand me?
        tell me if you can hear me. | say something if you hear me. | i hope you can hear me.
    """,
}
FAREWELLS = {
    "goodbye. see you soon.": """
        goodbye. | bye bye. | see you soon. | see you later. | i have to go now. | that is all, goodbye. | goodbye, pocket.
        bye. | bye for now. | goodbye for now. | i have to go. | i have to go, see you later. | that is all for today.
        that is all for now. | that is all, thank you, bye. | see you. | talk to you later. | i am leaving now.
        okay, i am leaving. | have a nice day. | have a good day. | i am done for today. | until next time. | take care.
        see you next week. | see you next time. | see you around. | see you on monday. | see you then. | see you again soon.
        until later. | until soon. | until next week. | until we meet again. | i must go. | i must go now. | i must leave.
        i have to leave. | i have to leave now. | i need to go. | i need to go now. | i am going now. | i am off.
        i am off now. | i am going home. | i have to go home now. | time to go. | it is time to go. | it is time for me to go.
        time to say goodbye. | let us stop here. | let us stop for today. | we are done. | we are done for today. | i am done.
        i am finished. | that's all for now. | that's it for today. | that was all. | that is everything, thank you, goodbye.
        nothing more, goodbye. | no more questions, goodbye. | i have no more questions. | talk to you soon.
        we will talk again. | we will talk later. | i will be back. | i will be back later. | i will come back soon. | so long.
        farewell. | good bye now. | bye, pocket. | bye, take care. | bye, have a nice day. | okay, bye. | okay, goodbye.
        thank you and goodbye. | thanks, bye. | have a good one. | have a good time. | have a nice weekend. | enjoy your day.
        all the best. | you can go now. | you can stop now. | catch you later. | later. | my bus is coming, bye.
    """,
    "good night. sleep well.": """
        good night. | good night to you. | i am going to bed. | i am going to sleep now. | good night, pocket.
        good night and sleep well. | sleep well. | it is late, good night. | time for bed. | a good night to you.
        i wish you a good night. | i wish you good night. | have a good night. | night. | night night. | good night, my friend.
        good night, computer. | good night, little one. | good night, everyone. | okay, good night. | and now good night.
        thank you and good night. | bye, good night. | sweet dreams. | dream well. | dream something nice. | sleep tight.
        sleep good. | sleep well, pocket. | sleep well, my friend. | i am tired, good night.
        i am so tired, i am going to bed. | i want to sleep now. | i need to sleep. | i need some sleep. | i must sleep now.
        i will go to bed now. | i will sleep now. | i am off to bed. | off to bed. | it is time to sleep. | time to sleep.
        time for me to go to bed. | it is bed time. | it is late, i am going to bed. | it is night, time for bed.
        i have to go to bed. | i am in bed now, good night. | let us sleep now. | we go to sleep now.
        see you in the morning, good night.
    """,
    "see you tomorrow.": """
        see you tomorrow. | until tomorrow. | talk to you tomorrow. | goodbye until tomorrow. | see you tomorrow, pocket.
        bye, see you tomorrow. | i am leaving. talk to you tomorrow. | we will talk tomorrow. | see you again tomorrow.
        see you tomorrow morning. | see you in the morning. | i will see you tomorrow. | i will be back tomorrow.
        i will come back tomorrow. | i will talk to you tomorrow. | i will ask you again tomorrow. | let us talk tomorrow.
        let us talk again tomorrow. | we will see each other tomorrow. | we talk again tomorrow. | we will go on tomorrow.
        more tomorrow. | more questions tomorrow. | tomorrow again. | tomorrow we talk again. | tomorrow i will be back.
        tomorrow is another day, bye. | bye until tomorrow. | bye, until tomorrow. | goodbye, see you tomorrow.
        goodbye, i will be back tomorrow. | okay, see you tomorrow. | thank you, see you tomorrow. | thanks, until tomorrow.
        that is all for today, see you tomorrow. | enough for today, until tomorrow. | i have to go, see you tomorrow.
        i have to go, until tomorrow. | later then, tomorrow. | same time tomorrow. | meet you tomorrow.
        until tomorrow, pocket. | until tomorrow, my friend.
    """,
}
THANKS = {
    "you are welcome.": """
        thank you. | thanks. | thank you very much. | thanks a lot. | many thanks. | thank you for your help.
        thanks for that. | thank you so much. | thanks, pocket. | thank you, pocket. | thanks for your help.
        i really thank you. | that helped me a lot, thanks. | great, thank you. | okay, thank you. | cheers.
        thanks, that helped. | that was helpful, thank you. | i thank you for that. | perfect, thanks.
        thanks so much for your help. | i really appreciate it. | i appreciate your help. | thank you again. | thanks again.
        thank you, my friend. | thank you for everything. | thanks for everything. | thank you for the answer.
        thanks for the answer. | thank you for telling me. | thanks for telling me. | thank you for your time.
        thank you for that. | thank you for helping me. | thanks for helping. | thanks for the help.
        thank you, that is all i need. | thank you, that was helpful. | thank you, that helped me. | thank you, now i know.
        now i know, thank you. | now i understand, thank you. | a big thank you. | a thousand thanks. | thousand thanks.
        big thanks. | thank you a lot. | thank you a thousand times. | thanks very much. | thanks so much. | thanks a million.
        oh, thank you. | oh thanks. | yes, thank you. | ah, thank you. | super, thanks. | wonderful, thank you.
        fine, thank you. | good, thanks. | great, thanks. | okay, thanks. | all right, thanks. | i want to thank you.
        i would like to thank you. | i must thank you. | i have to thank you. | let me thank you. | i am so thankful.
        i am very thankful. | i owe you one. | you helped me a lot. | you have helped me. | that was a great help.
        that was very helpful. | that helped. | that is what i needed. | just what i needed.
    """,
    "thank you. that is kind of you.": """
        well done. | you are very good. | good job. | you are clever. | i like you. | you are great. | very good.
        you have been great. | that was great. | you did that well. | you are so smart. | that was very good. | nice work.
        you are nice. | that was nice of you. | you are very helpful. | you are wonderful. | you are amazing.
        you are so good. | you are the best. | you are my best friend. | you are a good friend. | you are fun. | you are funny.
        you are so funny. | you are so nice. | you are very nice. | you are very kind. | you are kind. | you are very smart.
        you are smart. | you are really clever. | you are very clever. | you are a clever little thing. | you know a lot.
        you know so much. | you speak well. | you speak very well. | you have a nice voice. | you have a lovely voice.
        i like your voice. | i love you. | i like you a lot. | i like talking to you. | i like to talk with you.
        i love your answers. | that was a good answer. | good answer. | nice answer. | great answer. | great job. | great work.
        good work. | nice job. | nice one. | good one. | very well done. | very nice. | wonderful. | excellent. | perfect.
        amazing. | bravo. | how clever you are. | how smart you are. | what a clever answer. | well said. | you did it.
        you did a good job. | you do that very well. | you do this so well. | you are doing great. | clever pocket.
        good pocket.
    """,
    "no problem at all.": """
        i am sorry. | sorry. | sorry about that. | so sorry. | i am so sorry. | very sorry. | i am very sorry. | sorry, pocket.
        oh, sorry. | excuse me. | i made a mistake. | my mistake, sorry. | i apologize. | i am sorry about that.
        i am sorry for that. | sorry for that. | sorry about this. | i am really sorry. | i am truly sorry.
        i am terribly sorry. | really sorry. | please forgive me. | forgive me. | can you forgive me? | please excuse me.
        oh no, sorry. | oh, i am sorry. | sorry, that was wrong. | sorry, that was me. | sorry, i was wrong. | i was wrong.
        i was wrong, sorry. | that was wrong of me. | it was my mistake. | it was my fault. | that was my fault.
        that was my mistake. | my fault. | my bad. | my mistake. | i did not mean to. | i did not mean that.
        i did something wrong. | i made an error. | sorry for the noise. | sorry for being late. | sorry i am late.
        i am late, sorry. | sorry, i was too loud. | sorry, i did not want that. | sorry, my friend. | a thousand times sorry.
        i feel bad about that. | i was not nice to you, sorry.
    """,
}

INTENTS = {"greeting": asked_from(GREETINGS), "farewell": asked_from(FAREWELLS), "thanks": asked_from(THANKS)}
