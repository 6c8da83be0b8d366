"""How people ask about numbers: the wordings of `numbers`. In {2} and {3} of a sum stand a name and things that are counted."""

from thinkaloud.data.domain.lexicon import wordings

DIGIT_PLAIN = wordings("""
    {}. | repeat the digits {}. | say {}. | repeat {}. | please say {}. | the digits are {}. | read back {}.
    say these digits: {}. | can you say {}? | repeat these numbers: {}. | write down {}. | say after me: {}.
    say {} back to me. | repeat {} back to me. | repeat this number: {}. | say these numbers after me: {}.
    repeat the number {}. | i want you to repeat {}. | read this number back: {}. | say the numbers {}.
    copy these digits: {}. | tell me {} again. | repeat after me: {}. | say this number: {}. | could you repeat {}?
    would you say {} for me? | could you read back {}? | give me back {}. | say it back to me: {}.
    please repeat the number {}. | i read you some digits: {}. | here is a number: {}. | here are some digits: {}.
    note this number: {}. | note {}. | write down this number: {}. | write these digits: {}. | take down {}.
    take this down: {}. | can you repeat these digits? {}. | what is this number? {}. | read me these digits: {}.
    read out {}. | read {} aloud. | please read {} back to me. | say each digit after me: {}. | one digit at a time: {}.
    try this number: {}. | and now {}. | say the following: {}. | repeat the following digits: {}. | digits: {}. | number: {}.
    again, please: {}. | copy {}. | after me: {}. | let me hear {}. | let me hear the digits {}. | i want to hear {}.
    just say {}. | now say {}.
""")
DIGIT_YOU = wordings("""
    i said {}. | what did i say? {}. | did you hear {}? | listen: {}. | i just said {}. | did i say {}? | did you get {}?
    listen to this: {}. | what do you hear? {}. | what was that? {}. | i am saying {}. | tell me what i said: {}.
    what have i said? {}. | did you hear me say {}? | listen to me: {}. | what did you hear? {}. | which digits did i say? {}.
""")
DIGIT_CODE = wordings("""
    my code is {}. | the code is {}. | my phone number is {}. | the number is {}. | my room number is {}. | my door code is {}.
    my house number is {}. | the room number is {}. | my ticket number is {}. | the door code is {}. | my number is {}.
    the phone number is {}. | my new number is {}. | my bus number is {}. | the ticket number is {}. | the bus number is {}.
    my secret code is {}. | my bank code is {}. | the secret number is {}. | my train number is {}. | the house number is {}.
    my old code is {}. | the new code is {}. | my garden door code is {}. | my school number is {}. | the right number is {}.
""")
OPERATIONS = {
    "plus": wordings("""
        what is {} plus {}? | how much is {} plus {}? | add {} and {}. | what is the sum of {} and {}? | {} plus {}.
        what do you get when you add {} and {}? | calculate {} plus {}. | what's {} plus {}? | tell me {} plus {}.
        how much do {} and {} make? | {} and {} make what? | what do {} and {} make together?
        if i add {} and {}, what do i get? | i have {} and get {} more. how many do i have? | {} plus {} is what?
        what is {} added to {}? | {} and {} is how much? | {} plus {}? | {} plus {} makes? | {} and {} together?
        sum of {} and {}? | how much is {} and {} together? | put {} and {} together. how many is that?
        what does {} plus {} make? | what does {} plus {} come to? | {} plus {} equals what? | what does {} plus {} equal?
        add {} to {}. | can you add {} and {}? | {2} has {0} {3} and gets {1} more. how many does {2} have now?
        {0} {3} and {1} {3}, how many is that? | i had {0} {3} and bought {1} more, how many now?
        {2} has {0} {3}, i have {1}. how many do we have together? | {2} finds {0} {3} today and {1} tomorrow, how many in all?
        {0} {3} here and {1} there, how many together? | if {2} has {0} {3} and i give {1} more, how many is that?
        in my bag are {0} {3}. i put in {1} more. how many now? | start with {} and add {}.
        {} and then {} more, what does that make? | count {} and {} together. | the sum of {} and {}, please.
        what comes out if i add {} and {}? | i need to add {} and {}, what is it? | help me with {} plus {}.
        work out {} plus {}. | {2} bought {0} {3} and then {1} more, how many was that? | what total do {} and {} give?
        what is the total of {} and {}?
    """),
    "minus": wordings("""
        what is {} minus {}? | how much is {} minus {}? | {} minus {}. | what is {} take away {}? | calculate {} minus {}.
        what's {} minus {}? | tell me {} minus {}. | what is left when you take {1} from {0}? | take {1} away from {0}.
        {} take away {}. | {} minus {} is what? | if i take {1} from {0}, what do i get?
        i had {0} and lost {1}. how many are left? | how much is {} less {}? | what is {1} less than {0}?
        what remains if i take {1} away from {0}? | {} minus {}? | {} take away {} is? | {} minus {} makes?
        {} minus {} equals what? | what does {} minus {} equal? | what does {} minus {} make? | {0} without {1} is what?
        {2} has {0} {3} and gives away {1}. how many are left? | {2} had {0} {3} and sold {1}, how many are left?
        {2} had {0} {3} and lost {1}. how many does {2} have now? | from {0} {3} i take {1}, what is left? | take {1} from {0}.
        there were {0} {3} on the table and {2} took {1}, how many now? | i need {0} {3} and have {1}. how many more do i need?
        i had {0} {3} and gave {1} to {2}, how many do i have now? | {0} {3}, {1} are gone. how many are still there?
        i bought {0} {3} and sold {1}. what do i have left? | what is left of {0} without {1}? | work out {} minus {}.
        help me with {} minus {}. | if you have {0} and lose {1}, how many stay? | what do you get when you take {1} from {0}?
        how much is left if i take {1} from {0}? | start with {} and take away {}. | how much is {0} if you take away {1}?
        what comes out if i take {1} from {0}? | can you take {1} away from {0}? | {1} from {0}, what is left?
        {1} less than {0} is what?
    """),
    "times": wordings("""
        what is {} times {}? | how much is {} times {}? | multiply {} by {}. | {} times {}. | what's {} times {}?
        calculate {} times {}. | what is {} multiplied by {}? | tell me {} times {}. | what is the product of {} and {}?
        if i multiply {} by {}, what do i get? | {} times {} is what? | how many are {} times {}? | {} multiplied by {}.
        {} times {}? | {} times {} makes? | {} times {} equals what? | what does {} times {} make?
        what does {} times {} equal? | how much is {} multiplied by {}? | work out {} times {}.
        {0} bags with {1} {3} in each, how many in all? | {0} boxes, each with {1} {3}. how many {3} is that?
        {2} has {0} bags of {1} {3}. how many {3} are there? | i buy {0} boxes of {1} {3}, how many do i have?
        {0} children have {1} {3} each. how many is that? | {0} friends each bring {1} {3}, how many in all?
        if every child gets {1} {3}, how many do {0} children get? | {2} reads {1} pages a day. how many in {0} days?
        multiply {} and {}. | the product of {} and {}, please. | help me with {} times {}.
        what comes out if i multiply {} by {}? | can you multiply {} by {}? | what do you get when you multiply {} by {}?
        what do i get from {} times {}? | i take {1} {3}, {0} times. how many is that? | {0} rows of {1} {3}, how many {3}?
        product of {} and {}? | how many is {} times {}?
    """),
    "divided by": wordings("""
        what is {} divided by {}? | how much is {} divided by {}? | divide {} by {}. | {} divided by {}.
        calculate {} divided by {}. | what's {} divided by {}? | tell me {} divided by {}. | share {} between {}.
        if i divide {} by {}, what do i get? | {} divided by {} is what? | what do i get when i divide {} by {}?
        split {} into {} parts. | {} divided by {}? | {} divided by {} makes? | {} divided by {} equals what?
        what does {} divided by {} make? | what does {} divided by {} equal? | work out {} divided by {}.
        {0} {3} for {1} children, how many each? | a bag of {0} {3} for {1} children. how many does each child get?
        {2} shares {0} {3} between {1} friends. how many for each? | {1} friends share {0} {3}, how many for each?
        i put {0} {3} into {1} boxes. how many are in each? | {0} {3} in {1} bags, how many in each bag?
        if {1} children share {0} {3}, what does each get? | {2} has {0} {3} for {1} days. how many a day?
        how many times does {1} go into {0}? | how often does {1} fit into {0}? | how many times does {1} fit in {0}?
        share {0} {3} between {1} children. | what comes out if i divide {} by {}? | can you divide {} by {}?
        help me divide {} by {}. | help me with {} divided by {}. | split {0} {3} into {1} parts. how big is each?
        what do you get when you divide {} by {}?
    """),
}
HALF = wordings("""
    what is half of {}? | half of {}. | what is one half of {}? | tell me half of {}. | half of {}? | how much is half of {}?
    what is the half of {}? | half of {} is what? | what do i get if i take half of {}? | calculate half of {}.
    what's half of {}? | if i cut {} in half, what do i get? | i have {} and give away half. how many is that?
    {}, what is half of that? | we share {} and i get half, how many do i get? | how many is half of {}?
    what is {} cut in half? | give me half of {}. | can you tell me half of {}? | one half of {} is how much?
""")
DOUBLE = wordings("""
    what is double {}? | double {}. | what is twice {}? | tell me double {}. | how much is double {}?
    what is the double of {}? | double {} is what? | what's twice {}? | twice {} is how much? | how much is twice {}?
    calculate double {}. | double {}? | what do i get if i double {}? | {}, what is double that? | what is twice as much as {}?
    what is two times as many as {}? | i have {} and you have twice as many. how many do you have? | can you double {}?
    give me double {}. | twice {}?
""")
IS_COMPARED = wordings("""
    is {0} {2} than {1}? | is the number {0} {2} than {1}? | tell me, is {0} {2} than {1}? | would you say {0} is {2} than {1}?
    is it true that {0} is {2} than {1}? | tell me if {0} is {2} than {1}. | do you think {0} is {2} than {1}?
    {0} is {2} than {1}, right? | {0} is {2} than {1}, is that true? | {0} is {2} than {1}, yes or no?
    is {0} a {2} number than {1}? | is {0} really {2} than {1}? | am i right that {0} is {2} than {1}?
    {0} is {2} than {1}. is that right? | {0} {2} than {1}? | i think {0} is {2} than {1}. am i right?
    i say {0} is {2} than {1}. true or false? | true or false: {0} is {2} than {1}? | can you tell me if {0} is {2} than {1}?
    compared with {1}, is {0} {2}? | could {0} be {2} than {1}? | is {0}, then, {2} than {1}?
    someone said that {0} is {2} than {1}. is it? | i want to know if {0} is {2} than {1}.
""")
IS_GREATER = wordings("""
    does {0} come after {1}? | is {0} more than {1}? | when i count, does {0} come after {1}?
    do i say {0} after {1} when i count? | if i have {0} and you have {1}, do i have more? | is {0} above {1}?
    would {0} be more than {1}? | {0} is more than {1}, right?
""")
IS_SMALLER = wordings("""
    does {0} come before {1}? | is {0} less than {1}? | when i count, does {0} come before {1}?
    do i say {0} before {1} when i count? | if i have {0} and you have {1}, do i have less? | is {0} below {1}?
    would {0} be less than {1}? | {0} is less than {1}, right?
""")
WHICH_COMPARED = wordings("""
    which is {2}, {0} or {1}? | what is {2}, {0} or {1}? | which number is {2}, {0} or {1}? | what's {2}, {0} or {1}?
    {0} or {1}, which is {2}? | {0} and {1}, which number is {2}? | which is the {2} number, {0} or {1}?
    which one is {2}, {0} or {1}? | is {0} or {1} {2}? | {0} or {1}, what is {2}? | which of the two is {2}, {0} or {1}?
    tell me the {2} number, {0} or {1}. | of {0} and {1}, which is {2}? | tell me which is {2}, {0} or {1}.
    tell me the {2} number of {0} and {1}. | which of {0} and {1} is {2}? | {0} and {1}: which is {2}? | {2}, {0} or {1}?
    between {0} and {1}, which is {2}? | out of {0} and {1}, which one is {2}? | say which is {2}, {0} or {1}.
    i have {0} and you have {1}. which is {2}? | here are two numbers, {0} and {1}. which is {2}?
    which would be {2}, {0} or {1}? | would you say {0} or {1} is {2}? | do you know which is {2}, {0} or {1}?
    name the {2} number, {0} or {1}. | what is the {2} number, {0} or {1}? | i can't decide if {0} or {1} is {2}.
    one child is {0}, the other {1}. which number is {2}? | {0} and {1}, tell me which is {2}.
    what number is {2}, {0} or {1}? | compare {0} and {1}. which is {2}?
""")
COUNT_TO = wordings("""
    count to {1}. | can you count to {1}? | please count to {1}. | count up to {1}. | say the numbers up to {1}.
    say all the numbers up to {1}. | let me hear you count to {1}. | how do you count to {1}? | count until {1}.
    count for me up to {1}. | i would like to hear you count to {1}. | are you able to count to {1}?
    will you count to {1} with me? | say the first {1} numbers. | what are the numbers up to {1}?
    all numbers up to {1}, please. | let us count to {1}. | tell me the numbers up to {1}. | count as far as {1}.
    start counting and stop at {1}. | how does one count to {1}? | show me how you count to {1}.
    i want to hear the numbers up to {1}. | begin at one and go to {1}. | do you know how to count to {1}?
""")
COUNT_DOWN = wordings("""
    count backwards from {1} to {0}. | count down from {1} to {0}. | can you count down from {1} to {0}?
    start at {1} and count down to {0}. | say the numbers from {1} down to {0}. | go backwards from {1} to {0}.
    count back from {1} to {0}. | from {1} count down to {0}. | please count backwards from {1} to {0}.
    {1} down to {0}, please. | go down from {1} to {0}. | tell me the numbers from {1} down to {0}.
    what are the numbers from {1} down to {0}? | begin with {1} and go down to {0}.
    start with {1} and count backwards until {0}. | how do you count down from {1} to {0}?
    say the numbers backwards, from {1} to {0}. | count the other way, from {1} to {0}. | let us count down from {1} to {0}.
    can you go backwards from {1} to {0}? | i want to hear you count down from {1} to {0}. | count in reverse from {1} to {0}.
""")
COUNT_BY = wordings("""
    count from {0} to {1}{2}. | can you count from {0} to {1}{2}? | please count from {0} up to {1}{2}.
    count up from {0} to {1}{2}. | start at {0} and count to {1}{2}. | say all the numbers from {0} to {1}{2}.
    count {0} to {1}{2}. | go from {0} to {1}{2}. | say the numbers from {0} up to {1}{2}.
    begin at {0} and count up to {1}{2}. | start at {0} and keep counting to {1}{2}. | start with {0} and go up to {1}{2}.
    tell me the numbers from {0} to {1}{2}. | what are the numbers from {0} to {1}{2}? | from {0} count up to {1}{2}.
    how do you count from {0} to {1}{2}? | let me hear the numbers from {0} to {1}{2}. | count with me from {0} to {1}{2}.
    let us count from {0} to {1}{2}. | i want to hear you count from {0} to {1}{2}. | go up from {0} to {1}{2}.
    count on from {0} to {1}{2}. | name the numbers from {0} to {1}{2}. | from {0} to {1}{2}, please.
    would you count from {0} to {1}{2}? | count from {0} until you reach {1}{2}. | list the numbers from {0} to {1}{2}.
""")
NUMBER_BEFORE = wordings("""
    what number comes before {}? | which number is before {}? | what comes before {}? | what is the number before {}?
    which number is just before {}? | what comes right before {}? | tell me the number before {}. | what is one less than {}?
    which number comes just before {}? | what number do you say before {}? | when i count, what comes before {}?
    the number before {}? | before {} comes what? | which number do i find before {}? | what is just before {}?
    one less than {}? | name the number before {}. | when you count, which number do you say right before {}?
    {}, and what is before it? | {}, which number is before that? | which number is one less than {}?
    which number is one smaller than {}? | i count up to {}. which number did i say just before?
    say the number that comes before {}. | what was before {}? | give me the number that is one below {}.
    if i take one from {}, where am i? | which number stands in front of {}? | what do i say just before {} when i count?
    which number goes before {}? | i am counting. what comes before {}?
""")
NUMBER_AFTER = wordings("""
    what number comes after {}? | which number follows {}? | what comes after {}? | what is the next number after {}?
    which number is just after {}? | what comes right after {}? | tell me the number after {}. | what is one more than {}?
    give me the number that follows {}. | i counted to {}. what comes next? | {} and then? | what number is next after {}?
    when i count, what comes after {}? | what do i say after {}? | the number after {}? | after {} comes what?
    one more than {}? | what follows {}? | name the number after {}. | i am at {}. which number is next?
    {}, and what is next? | {}, what comes now? | which number is one more than {}? | which number is one bigger than {}?
    say the number that comes after {}. | next after {}? | i have counted up to {}, what now?
    my child counts to {} and stops. what is the next number? | which number goes after {}?
    i said {}. how do i go on counting? | when you count, which number do you say right after {}? | what is just after {}?
    which number stands behind {}? | i am counting and just said {}. what is next? | what number would come next after {}?
    give me the number that is one above {}. | {}, which number is after that?
    if i count on from {}, what is the next number?
""")
EVEN_OR_ODD = wordings("""
    is {} even or odd? | is {} odd or even? | is {} an even number? | is {} an odd number? | tell me if {} is even or odd.
    is the number {} even or odd? | is {} even? | is {} odd? | would you say {} is even or odd? | {}, is that even or odd?
    even or odd, {}? | do you think {} is even? | do you think {} is odd? | tell me whether {} is odd or even.
    would you call {} odd? | would you call {} even? | is {} an even or an odd number? | what is {}, even or odd?
    {}, odd or even? | {}: even or odd? | does {} belong to the even numbers? | does {} belong to the odd numbers?
    {} is even, right? | {} is odd, right? | i think {} is even. am i right? | i think {} is odd. am i right?
    {} is an even number, is it? | {} is which, odd or even? | what kind of number is {}, odd or even?
    which is it, is {} odd or even? | is {} one of the even numbers? | odd or even, {}? | is {} one of the odd numbers?
    i have {}. is that number odd or even? | say if {} is odd or even. | {} is even or odd?
    my house has number {}. is that even or odd? | i want to know if {} is even or odd. | is it true that {} is even?
    is it true that {} is odd? | i do not know whether {} is odd or even. | could {} be an odd number?
    could {} be an even number?
""")
