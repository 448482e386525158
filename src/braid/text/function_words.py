"""The commonest small words of languages that share an alphabet, by which most texts are known at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import cache
from itertools import chain

_WORDS = {
    "en": "the of and to in is that for it with as was on are by be this from at or have not but you can which will"
    " all has your if an we they when more been would their there what so one about into who do does it's"
    " don't",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus"
    " er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber"
    " vor zur bis mehr durch man kann sein wenn diese dieser dieses alle wurde ihr ihre ich wir",
    "fr": "de la le et les des en un du une que est pour qui dans par plus pas au sur ne se ce il sont avec ou son"
    " aux cette être comme mais nous vous sa ont été si leur ces elle peut deux même je tout sans votre d'un"
    " l'on",
    "es": "de la que el en y los del se las por un para con no una su al lo como más pero sus le ya este cuando"
    " porque esta son entre está ser hasta muy sin sobre también me se ha todo si nos puede yo es",
    "it": "di e il la che in un è per una del non con si da della le i dei nel alla al sono più come anche ha gli"
    " ma lo questo delle se o dal questa essere suo ci nella tutti ho mi io",
    "pt": "de a o que e do da em um para com não uma os no se na por mais as dos como mas ao ele das à seu sua ou"
    " quando muito já também só pelo pela até isso ela entre depois sem mesmo aos são está você eu é",
    "nl": "de van het een en in is dat op te zijn met voor niet die er aan om ook als dan maar bij nog door uit"
    " naar wordt worden deze over tot heeft ze was of kan wat je hij zich geen meer ik we u uw",
    "sv": "och i att en som det är av för på med den till har inte om ett de var jag så men kan från vi vid ska när"
    " eller sig sin nu man efter du din",
    "da": "og i at det er en til af på for med den der de som ikke har et men var om han kan fra vi jeg sig så"
    " eller hvis ved efter skal du din",
    "nb": "og i det er en til som på for av med at den har ikke de et fra men var om kan han vi jeg seg så eller"
    " hvis ved etter skal du din",
    "fi": "ja on ei se että oli hän joka mutta ovat kun niin kuin myös mukaan sen ole tai jos vain voi ne tämä olla"
    " jotka mitä kanssa",
    "pl": "w i na z się do nie to że jest o jak od po za przez dla ale są co tak jego czy może być który która przy"
    " już oraz tego lub tym ten",
    "cs": "a v se na je že s z do to o k ve pro i jako za by si po od nebo jsou které který tak ale být při jeho až"
    " jen není ze může",
    "sk": "a v sa na je že s z do to o pre k ako za by si po od alebo sú ktoré ktorý tak ale byť pri jeho až len"
    " nie zo môže",
    "hu": "a az és hogy nem is egy meg ez de csak el van ha volt már mint még ki vagy be azt sem kell lehet szerint",
    "ro": "de și în a la cu pe nu că din un o care este pentru mai se sunt fi ca sau al dar să după fost când prin"
    " această",
    "hr": "i u je na se da za su od s a ne koji o iz kao to će ili biti što po sam bi nije koja nakon može",
    "sl": "in v je na se da za so z ki ne s o bi po kot pa ali od tudi še iz pri to lahko bo če",
    "tr": "ve bir bu da de için ile olarak çok daha gibi en olan ne var o kadar sonra ama olduğu her veya ya değil mi",
    "vi": "và của là có cho không được các một trong người với này những đã khi để từ đến ở về tôi",
    "id": "yang dan di untuk dengan dari ini pada tidak itu dalam akan ke adalah oleh juga atau ada anda bisa telah"
    " saya",
    "lt": "ir yra į kad su tai iš ne kaip bet už apie po buvo ar jei jis dėl tik gali nuo",
    "lv": "un ir no ar uz par ka kā tas bet pie nav arī pēc vai jo lai var šo kas",
    "et": "ja on ei et see oli ka kui mis või oma ta aga ning mida saab selle siis",
    "ca": "de la i el que en a les un per del els una amb no es al com més són seu però ha o aquest aquesta",
    "ru": "и в не на что с по как это он из но за то все к у от же для или так бы было есть о вы если мы она я до"
    " при его",
    "uk": "і в не на що з та як до це за у від про але він для є так або по бути його якщо ми вона я при",
    "bg": "на и в да за се от е с не по са като че до ще при или но си това което след той има може към",
    "sr": "и у је на се да за су од са не који о из као то ће или бити што по сам није која може",
    "be": "і у не на што з як гэта па да за ад але ён для або яго так калі мы яна я пры",
}

_MORE = {
    "en": "a up down out over under off his her him them she he my me our us your some any each other another while how"
    " when where why those these were had because through between after before behind against during without here just"
    " then than only two three several people should could must may might cannot i'm you're it's isn't can't doesn't"
    " don't won't i'll let's am near next very many such no only",
    "de": "ihm ihn ihnen mir mich dir euch uns sein seine seinen seinem seiner ihren ihrem ihrer mein meine unser dein"
    " unter zwischen hinter neben gegen ohne während ab beim ins vom zur ob weil welche welcher jede jeder jedes keine"
    " kein keinen hier dort schon sehr noch nun da wo wer was zwei drei mehrere einige andere anderen sollte muss"
    " müssen soll können darf konnte hatte hatten waren gibt bitte bist habe hast du in einige",
    "fr": "à ou où y d' l' s' n' j' c' m' t' qu' mon ma mes ton ta tes vos notre nos leurs lui eux moi toi cela ça ceci"
    " cet quand chez vers sous entre depuis pendant avant après très bien aussi trop peu ni donc car quel quelle fait"
    " faire doit doivent peuvent veuillez deux trois plusieurs autre autres chaque aucun aucune étaient était avait"
    " avez votre être n'est c'est",
    "es": "le les mi mis tu tus nuestro nuestra eso esa ese estos estas aquí allí donde hacia desde contra durante"
    " antes después dos tres otro otra otros cada algún hay fue era han debe pueden al unos unas e u",
    "it": "lo gli mi ti ci vi l' d' un' all' dell' nell' sull' mio mia nostro vostro quello quella dove quando verso"
    " da dal dai dalle sul sulla sui due tre altro altra altri ogni alcuni era stato hanno deve possono agli ai",
    "nl": "hem haar mij jou ons onze hun jullie iets niets hier daar waar wanneer onder tussen achter naast tegen"
    " zonder tijdens twee drie andere elke geen kunt kunnen moet moeten mag werd waren is had",
    "pt": "lhe meu minha nosso nossa isso aquilo este estes estas aqui ali onde quando contra durante antes dois duas"
    " três outro outra outros cada algum há foi era têm deve podem aos à às pelos pelas num numa",
}
"""More of them, for the choice between two languages only: among many languages they say too little."""


_ENOUGH = 2
"""Small words that say what language a text is in."""


@cache
def _languages_of() -> dict[str, tuple[str, ...]]:
    """The languages of each word."""
    found: dict[str, tuple[str, ...]] = {}
    for language, words in _WORDS.items():
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), language)
    return found


def is_known(language: str) -> bool:
    """True when the small words of a language are known here."""
    return language in _WORDS


def function_words(language: str) -> frozenset[str]:
    """The small words of a language; none where they are not known here."""
    return frozenset(_WORDS.get(language, "").split())


def more_words(language: str) -> frozenset[str]:
    """Small words that count besides where only two languages are told apart; none where they are not known here."""
    return frozenset(_MORE.get(language, "").split())


def count_function_words(words: Iterable[str]) -> Counter[str]:
    """How many of the words, in small letters, are small words of each language."""
    languages = _languages_of()
    return Counter(chain.from_iterable([languages[word] for word in words if word in languages]))


def only_words_of(language: str, text: str) -> bool:
    """True when a text has small words, and each is one of the language's; cheap, and False where that is open."""
    languages = _languages_of()
    found = [languages[word] for word in text.lower().split() if word in languages]
    return len(found) >= _ENOUGH and all(language in codes for codes in found)
