"""What German callers answer when they do not say yes, and how an emergency sounds.

All patterns search prepared words without fillers (see :mod:`.grammar`).
"""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.grammar import Rule, answer_rules
from opusagent_voiceprint.consent.languages.de.spelling import spelt_alike
from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["answers", "emergency"]

_NEVER = r"""
    ^(?:nein |na |okay |also )*(?:nie|niemals)(?: nie| niemals| nein| danke| im leben)*$
    \bnie (?:wieder|mehr|im leben|und nimmer)\b|\bniemals (?:wieder|mehr|werde|wurde)\b|\bim leben nicht\b
    \b(?:werde|wurde|will|mochte) (?:ich )?(?:das |dem |da |so etwas |sowas )*(?:nie|niemals)\b
    \b(?:fragen sie|frag|frage|frogn sie|frags)
    + (?:mich |das |so |sowas |so etwas |danach |bitte |bloss |ja |da )*(?:nie
    |niemals|nicht nochmal|nicht (?:mehr|wieder|standig|dauernd|immer|jedes mal))\b
    \b(?:nie|nicht) (?:wieder|mehr|nochmal) (?:danach |das |so was |sowas )?(?:gefragt|fragen)\b
    \b(?:horen sie|hor|hort|horts) (?:damit )?auf (?:\w+ ){0,4}?(?:zu )?(?:fragen|gefrage|nerven)\b
    \b(?:horen sie|hor|hort|horts) mit (?:der|dieser|den) frag(?:e|en|erei) auf\b
    \b(?:schluss|aufhoren) mit (?:der|dieser|den) frag(?:e|en|erei)\b
    \bnur uber meine leiche\b|\bnicht in (?:hundert|tausend|100|1000) jahren\b
"""

_MINOR = r"""
    \bbin (?:ich )?<only><age>(?: jahre?)?(?= (?:ja|nein|so|und|aber|ist|darf|geht|ich|nachste)\b|$)
    \bbin (?:ich )?<only><age> jahre? (?:alt|jung)\b|^<only><age> jahre(?: alt)?$
    \bbin (?:ich )?(?:ja )?(?:erst|noch nicht) <age>\b(?! (?:minuten?|stunden?|tage|monate|meter|kilometer
    |uhr)\b)
    \b(?:werde|bald|morgen) (?:ich )?(?:erst |bald |morgen |schon |dann |nachste\w? \w+ |im \w+ )*(?:<age>|18
    |achtzehn)(?: jahre alt)?$
    \bbin (?:ich )?(?:ja |noch |erst |nur |leider )*(?:eine? )?(?:kind|schuler(?:in)?|jugendlicher?
    |teenager|minderjahrig
    |schulkind|kleines (?:madchen|kind)|kleiner (?:junge|bub)|bub|madchen|junge)\b
    \bbin (?:ich )?(?:noch |ja |leider )*(?:nicht (?:volljahrig|erwachsen|18|achtzehn|alt genug|mundig)
    |kein erwachsener|keine 18|keine achtzehn|unter (?:18|achtzehn))\b
    \b(?:bin|gehe|geh|geht) (?:ich )?(?:erst |noch |ja )*in (?:der|die) (?:\w+ klasse|(?:grund|volks|primar
    |haupt|mittel)?schule|kita)\b
    \b(?:frag|frage|fragen|hole?|rufe?) (?:(?!fur\b)\w+ ){0,2}?(?:meine?n?|den|die) <parent>\b
    |\bmeine?n? <parent> fragen\b
    \bmeine? <parent> (?:und (?:meine? )?<parent> )?(?:ist|sind) (?:\w+ )?nicht (?:da|hier|daheim|zuhause)\b
    \bmeine? <parent> (?:hat|haben|sagt|sagen|meint|meinen) (?:\w+ ){0,3}?(?:ich (?:darf|soll)|nicht
    |verboten)\b
    \bmeine? <parent> (?:erlaubt|erlauben|will|wollen|lasst|lassen) (?:\w+ ){0,3}?nicht\b
    \b(?:ich darf das|das darf ich) (?:noch |gar |glaube ich )?nicht\b|\bmeine? (?:mami|mama|papi|papa)\b
"""

_THIRD_PARTY = r"""
    \b(?:rufe|ruf|anrufe|spreche|sprech|frage|telefoniere|antworte|rede) (?:ich )?(?:hier )?(?:nur )?(?:fur
    |im namen|anstelle|statt) (?:von )?<someone>\b
    \bim (?:namen|auftrag) (?:von|meine[rs]|seine[rs]|ihre[rs]|unsere[rs]|der|des)\b
    \bfur (?:jemand(?:en)?|wen|eine[nr]?) (?:anderen?|anders)\b|\bstellvertretend\b|\bin vertretung\b
    \b(?:fur) (?:meine?n?|seine?n?|ihre?n?|unsere?n?) <relative> (?:an|hier)\b
    \bvollmacht\b|\bja fur meine?n? <relative>\b|\bsagt meine? <relative>\b
    \bmeine? <relative> (?:hat|sagt|meint|will|mochte|ware|ist) (?:\w+ ){0,2}?(?:ja|zugestimmt|einverstanden
    |okay|nichts dagegen|dafur|das|erkannt)\b
    \b(?:er|sie) (?:sagt|sagte|hat gesagt|meint|meinte) (?:\w+ )?(?:ja|das|okay|passt|es)\b
    \bhat (?:er|sie) (?:ja )?gesagt\b|\bjemand (?:hat )?(?:ja )?(?:gesagt|sagte)\b
    \b(?:frag|frage|fragen) (?:sie |ich |\w+ )?(?:meine?n?|seine?n?|ihre?n?) <relative>\b
    \bmeine?n? <relative> fragen\b
    \b(?:gebe|gib|reiche|verbinde) (?:ich )?(?:ihnen |dir |sie |an |weiter |jetzt )*(?:an )?(?:meine?n?|meiner
    |meinem) <relative>\b
    \bbin (?:ich )?(?:nur |hier )?(?:sein|seine|ihr|ihre|der|die|deren|dessen) (?:<relative>|<helper>)\b
    \bbin (?:ich )?(?:nur )?(?:eine? )?<helper>\b
    \bbin (?:ich )?(?:gar )?nicht (?:der|die) (?:kont|anschluss|vertrags)?\w*(?:inhaber(?:in)?|kundin?|kunde
    |anrufer|besitzer(?:in)?|person|richtige)\b
    \bdas ist (?:gar )?nicht mein(?:e)? (?:telefon|handy|nummer|konto|anschluss|vertrag|account)\b
    \bdas ist (?:das|die|der) (?:telefon|handy|nummer|konto|anschluss|account) (?:von (?:meine[rm]|seine[rm])
    |meine[rs]) <relative>s?\b
    \bnicht mein (?:eigenes )?(?:telefon|handy|konto|anschluss)\b
    \b(?:auf|uber|am) (?:dem )?(?:lautsprecher|lauthorer|freisprech\w*)\b|\b(?:sind
    |sitzen) (?:hier )?zu (?:zweit|dritt|mehreren)\b
    \b(?:wir sind|hier sind|da sind) (?:zwei|drei|mehrere)\b
"""

_NO = r"""
    (?<!kann ich )(?<!darf ich )\bnein\b
    \b(?:nee|noe?|na na|naa|nope|nah|negativ|noo)\b|^(?:na|ne|no|na danke|ne danke)$|^(?:na|ne|no) danke\b
    ^(?:na|ne|no) (?:das |ich |sicher |will |mog )(?!(?:gut|ja|klar)\b)
    \b(?:will|mochte|mocht|mag|wunsche|brauche|erlaube|gestatte|wunsch|wui
    |mog) (?:ich )?(?:das |es |sowas |so etwas|mich |dir |ihnen |da |davon )*(?:\w+ )?(?:nicht|nichts|keines
    |keins|ned|net)\b(?! (?:warten|storen|mehr wissen))
    \b(?:mochte|will|brauche|habe|hatte|wunsche) (?:ich )?(?:\w+ )?kein(?:e|en|er|s|es)? (?:interesse|bedarf
    |stimm\w+|notizen|speicherung|aufzeichnung|profil|lust|wert)\b
    \bnicht (?:mit mir|so gern)\b|\blasse? ich nicht zu\b|\bbrauch ich nicht\b|\b(?:ka|koa) interesse\b
    \bkein (?:interesse|bedarf)\b|^keine chance\b
    |\bkein(?:e|en)? stimm\w+\b|\bkeine (?:lust|speicherung|stimmerkennung
    |notizen)\b
    \bbin (?:ich )?(?:damit |da |uberhaupt |gar |absolut )*nicht (?:damit |so )?(?:einverstanden|interessiert
    |bereit|dafur)\b
    \b(?:stimme|stimm) (?:ich )?(?:dem |dazu |da |ganz |sicher )*nicht (?:dem |dazu )?zu\b
    |\bwillige (?:\w+ ){0,3}?nicht ein\b
    \bnicht einverstanden\b|\bnicht (?:zugestimmt|eingewilligt)\b
    \b(?:lieber|besser|sicher|bestimmt|naturlich|absolut|uberhaupt|gar|eher|selbstverstandlich|auf keinen fall
    |garantiert|freilich|gewiss|keinesfalls|ganz und gar|bitte) (?:nicht|ned|net)\b(?! so schnell)
    \b(?:auf (?:gar )?keinen fall|keinesfalls|keineswegs|unter keinen umstanden|mit sicherheit nicht
    |kommt nicht in frage)\b
    ^nicht(?: bitte| danke| fur mich| notig| notwendig| interessiert)?$|\bnicht (?:notig|notwendig|erwunscht
    |gewunscht)$
    \b(?:speichern sie|speichere?|merken sie sich|merk dir|machen sie|mach|tun sie|tu) (?:\w+ ){0,3}?(?:nicht
    |nichts|kein(?:e|en)?)\b
    \b(?:lehne|lehn) (?:ich )?(?:das |dankend |es )*ab\b|\bablehnen\b|\b(?:ich )?verweigere\b
    |\bich widerspreche\b
    \b(?:verbiete|untersage|verbitte)\b
    \b(?:lassen sie|lass|lasst|lassts) (?:das|es|mich (?:damit )?in ruhe|mich raus|gut sein)\b|\bverzichte\b
    \b(?:vergessen sie|vergiss|vergesst) (?:es|das)\b|\bgeht (?:sie|dich|euch|niemanden?) (?:\w+ )?nichts an\b
    \bbin (?:ich )?dagegen\b|\bnicht (?:ja gesagt|gesagt dass|ja)\b|\bhabe (?:ich )?(?:nie|nicht) ja\b
    |\bja nicht\b
    \b(?:passt|gefallt|behagt) (?:mir )?(?:das )?(?:\w+ )?nicht\b|\bist mir nicht recht\b
    |\bmuss (?:das )?nicht sein\b
    \bglaube (?:ich )?(?:eher )?nicht\b|\bwohl (?:kaum|eher nicht)\b|\beher nicht\b
    |\bfinde (?:ich )?nicht gut\b
    \banders uberlegt$|^(?:stopp?|aufhoren|hor auf|horen sie auf|schluss|weg|hau ab|verpiss dich|leck mich)\b
    \b(?:sie durfen|du darfst|durfen sie|darfst du) (?:\w+ ){0,4}?nicht\b|\bspinnst du\b|\bspinnen sie\b
    |\bohne mich\b
    \b<know_verb> (?:sie )?(?:mich|sich|meine stimme) (?:\w+ ){0,2}?nicht\b(?! \?)|\bohne stimm\w+
"""

_NOT_NOW = r"""
    \b(?:jetzt|heute|gerade|grad|momentan|derzeit|zurzeit|vorerst|noch|erstmal|erst mal|im (?:moment
    |augenblick)|diesmal|dieses mal|zunachst
    |fur den moment) (?:grad |gerade |aber |leider |lieber |jetzt )*(?:nicht|ned|net)\b
    \b(?:nicht|ned|net) (?:jetzt|heute|gerade|im moment|im augenblick|diesmal|dieses mal|sofort|gleich
    |in diesem gesprach)\b
    \b(?:ein ?andermal|ein ?anderes ?mal|ein anderer tag|wann ?anders|anderes mal)\b
    \b(?:vielleicht|eventuell|erst|lieber|ja|aber|dann|fragen sie|frag|machen wir das|ruf ich
    |noch) (?:mich |bitte |das |noch|aber |ja |doch )*(?:spater|morgen|nachher|beim nachsten mal
    |das nachste mal|nachstes mal|nachste woche)\b
    ^(?:spater|nachher|nachstes mal|beim nachsten mal|morgen|demnachst|bei gelegenheit)\b
    \b(?:spater|nachher|nachstes mal|beim nachsten mal) (?:vielleicht|nochmal|wieder|gern|bitte|ja)\b
    \b(?:gerade|grad|jetzt ist es|es ist gerade) (?:schlecht|ungunstig)\b|\bbeim nachsten mal machen\b
    \bruf(?:en sie)? mich (?:\w+ )?(?:spater|morgen)\b
    \bkeine zeit\b|\bhabe (?:ich )?(?:es |grad |gerade |jetzt |keine )*eilig\b|\bin eile\b|\bim stress\b
    |\bpressiert\b
    \b(?:muss|mochte|will|werde|kann)
    + (?:ich )?(?:mir )?(?:das |es |da |daruber )*(?:mir )?(?:erst |noch |in ruhe |mal )*(?:uberlegen
    |nachdenken|druber (?:schlafen|nachdenken)|daruber (?:schlafen|nachdenken))\b
    \b(?:uberlege|uberleg) (?:ich )?(?:es |das )?(?:ich )?mir\b|\bmir (?:das|es) (?:\w+ ){0,3}?uberlegen\b
    |\bbedenkzeit\b
    \bbin (?:ich )?(?:grad |gerade |sehr |zu |ziemlich )*beschaftigt\b|\bnach (?:dem|diesem) (?:gesprach
    |anruf)\b
"""

_EXPLAIN = r"""
    \bwas (?:ist|sind|heisst|bedeutet|meinen|meinst|meint|soll) (?!die frage)(?:\w+ ){0,2}?(?:das|dies|es|denn
    |ein|eine|mit|biometrische?|sie|du|stimm\w*|damit|der|die|so)\b(?! fur (?:eine )?frage)(?! nochmal)
    \bwas genau\b
    |\bwas (?:machen|macht|machst|tun|passiert|geschieht|wollen|willst|speichern|speicherst|bringt|habe ich
    |kostet|wird|wissen)\b
    \bwas fur\b|\bwofur\b|\bwozu\b|\bwarum\b(?! nicht\b)|\bwieso\b(?! nicht\b)|\bweshalb\b
    |\bzu welchem zweck\b|\bfur was\b
    \bwie (?:lange?|funktioniert|geht das|sicher|meinen|meinst|genau|wird|werden|kann|oft|viel|soll|darf
    |losche|kommen)\b
    \bwer (?:hat|bekommt|kriegt|sieht|kann|ist|sind|hort|darf)\b|\bwo (?:wird|werden|ist|liegt|liegen
    |speichern)\b
    \bwelche (?:daten|informationen|folgen|vorteile)\b|\bwohin\b|\bworum geht\b
    \b(?:ist|sind|wird|werden|war) (?:das|es|dies|die|meine|mein) (?:\w+ ){0,3}?<property>\b
    \bmuss ich\b|\bmuss das\b|\bsoll ich\b
    \b(?:kann|konnte|darf|konnen) (?:ich|man|das|mein\w*|die|es) (?:\w+ ){0,4}?(?:loschen|geloscht|nein sagen
    |widerrufen|ablehnen|andern|stoppen|abschalten|ruckgangig|aufheben)\b
    \b(?:verkaufen|teilen|geben|nutzen|verwenden|speichern|zeichnen|loschen|horen|behalten
    |nehmen) sie\b(?=.* \?)
    \b(?:sind|bist) (?:sie|du) (?:\w+ ){0,2}<property>\b
    \bverkaufen sie\b|\bnehmen sie (?:mich |das |jetzt )*auf\b|\bzeichnen sie\b
    \b(?:erklar\w*|erlauter\w*|mehr (?:informationen?|infos?|dazu|daruber|erfahren|wissen)|genauer|naher)\b
    \bverstehe (?:ich )?(?:das |es |sie |gar |grad )*nicht\b|\bversteh (?:ich )?(?:das )?(?:nicht|ned|net)\b
    |\bkapier\w* (?:\w+ ){0,2}?nicht\b
    \b(?:weiss|wusste|weis) (?:ich )?(?:gar |ja )*nicht (?:was|wie)\b|\bkeine ahnung was\b
    |\b(?:noch )?nie (?:davon )?gehort\b
    \b(?:habe|hatte) (?:ich )?(?:da |dazu |noch |eine |erst )+frage\b|\bkostet das\b|\bdas heisst (?:was|\?)
"""

_REPEAT = r"""
    ^(?:entschuldigung|entschuldigen sie|verzeihung|tschuldigung|pardon|sorry|ja|nein|oh)? ?(?:wie|was|ha|hm
    |bitte|wie bitte|was bitte|was denn|pardon|sorry|entschuldigung|verzeihung|was ist)(?: wie| was
    | bitte)?(?: \?)+$
    ^(?:entschuldigung |tschuldigung |sorry |oh |ja )*(?:wie|was|ha|pardon|sorry|entschuldigung|tschuldigung
    |verzeihung)(?: bitte)?$
    ^\?$|\bwie bitte\b|\bwie (?:war das|war die frage|meinten)\b|\bwas bitte\b
    \b(?:sagen|sag|fragen|frag|lesen|stellen
    |erklaren) (?:sie |s )?(?:mir |das |die frage |es |mich )*nochmal\b
    \bnochmal(?:s)?(?: bitte| sagen| wiederholen| langsam| fragen| von vorne?)*(?: \?)*$|^(?:bitte )?nochmal\b
    |\bkonnen sie (?:das |die frage )?nochmal\b
    \bwiederhol\w*\b|\bvon vorne?\b|\b(?:nicht|nix|ned|net|schlecht
    |kaum) (?:ganz |richtig |akustisch |gut )?(?:verstanden|gehort|mitbekommen|mitgekriegt)\b
    \b(?:verstehe|hore|versteh|hor) (?:ich )?(?:sie|dich) (?:\w+ )?(?:nicht|schlecht|kaum)\b
    \bwas (?:haben sie|hast du|habt ihr|sagten sie|sagen sie|war die|war das|ist die frage|wollten sie
    |war jetzt|fragen sie)\b
    \bwelche frage\b|\b(?:lauter|langsamer|deutlicher)\b|\b(?:schlechte|schlechter) (?:verbindung|empfang
    |leitung)\b|\b(?:verbindung|leitung|empfang) ist (?:\w+ )?schlecht\b|\babgehackt\b
"""

_EMERGENCY = r"""
    (?<!nicht )(?<!nicht so )(?<!nicht sehr )\bdringend(?:e[nsr]?)?\b(?! (?:notwendig|empfohlen))
    |(?<!kein )(?<!keinen )\bnotfall\b|\bnotruf\b
    \b(?:krankenwagen|notarzt|rettungswagen|rettungsdienst|polizei|feuerwehr|sanitater)\b|\b(?:die rettung
    |rettung rufen)\b
    \b(?:110|112|117|118|133|144)\b(?=$| (?:rufen|anrufen|wahlen))|^(?:110|112|133|144)\b
    \bfeuer\b(?! (?:tv|stick|zeug))|\b(?:es|hier|haus|wohnung|kuche|dach|auto|keller) (?:\w+ ){0,2}?brennt\b
    |\bin flammen\b|\brauch\b(?! nicht)
    \bbrennt (?:es|mein\w*|unser\w*|das|die|der)\b|\bes brennt\b|\bgas(?:leck|geruch)\b|\b(?:riecht
    |stinkt) (?:\w+ ){0,2}?nach gas\b
    \b(?:uberschwemm\w+|uberflut\w+|wasserrohrbruch|rohrbruch|hochwasser)\b
    ^(?:hilfe ?)+(?:\?|$)|^hilfe\b(?! (?:bei|mit|zu|fur|beim)\b)|\b(?:helfen sie|hilf|helfts
    |helft) mir(?: schnell| sofort)?$
    \b(?:brauche|brauch) (?:sofort|schnell|dringend|jetzt) hilfe\b|\bschnell hilfe\b
    |\bschicken sie (?:\w+ )?(?:hilfe|jemanden)\b
    \b(?:gestohlen|geklaut|uberfallen|ausgeraubt|beraubt|eingebrochen|einbruch|einbrecher|entfuhrt|erpresst
    |diebstahl)\b
    \b(?:angegriffen|angriff|vergewaltig\w+|erstochen|angeschossen|schusse|pistole|bedroht|bedroh\w*|messer
    |explosion|explodiert)\b
    \bin gefahr\b|\blebensgefahr\w*\b|\bauf leben und tod\b|\b(?:schlaganfall|herzinfarkt|herzstillstand
    |brustschmerz\w*)\b
    \b(?:bewusstlos|ohnmachtig|zusammengebrochen|krampfanfall|erstickt|ersticke|ertrinkt|ertrunken|blutet
    |blute|verblutet)\b
    \bbekomm\w* keine luft\b|\bkrieg\w* keine luft\b|\b(?:atmet nicht|nicht mehr atmet|atmet (?:\w+ )?nicht)\b
    |\buberdosis\b|\bvergift\w+\b
    \b(?:stirbt|sterbe|sterben|selbstmord|suizid|umbringen|bringe mich um|umgebracht|nicht mehr leben)\b
    |\bunfall\b
    \b(?:gehackt|betrogen|betrug|abgezockt|schwer verletzt|verletzte)\b
"""


def _vocabulary() -> dict[str, str]:
    names = {
        name: alternatives(spelt_alike(text))
        for name, text in {
            "age": r"""
                [1-9]|1[0-7]|eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dreizehn|vierzehn
                fünfzehn|sechzehn|siebzehn
            """,
            "parent": r"""
                mama|mami|mutti|mutter|papa|papi|vati|vater|eltern|lehrer(?:in)?|erziehungsberechtigten
            """,
            "relative": r"""
                mann(?:es)?|frau|ehefrau|ehemann|gattin|gatte|partnerin|partners?|mutter|vaters?|mama|papa|sohn(?:es)?|tochter|bruders?
                schwester|oma|opas?|omi|opi|onkels?|tante|cousine?|nichte|neffen?|chefin|chefs?|freundin
                |freund(?:es)?
                nachbarin|nachbarn?|kundin|kunden|mandanten|kollegin|kollegen|mitbewohner(?:in)?|verlobter?
                schwiegermutter|schwiegervaters?|grossmutter|grossvaters?|eltern|familie|gatten?|gattin
                |patienten
            """,
            "helper": r"""
                assistentin|assistent|sekretarin|sekretar|betreuerin|betreuer|pflegerin|pfleger|pflegekraft
                dolmetscherin|dolmetscher|ubersetzerin|ubersetzer|anwaltin|anwalt|babysitter(?:in)?|vormund
                bevollmachtigte[rn]?
            """,
            "property": r"""
                sicher|gratis|kostenlos|privat|legal|aufgezeichnet|aufgenommen|gespeichert|freiwillig|pflicht
                vorgeschrieben|notwendig|notig|verkauft|weitergegeben|weitergeleitet|verschlusselt|roboter
                |computer
                ki|echt|erlaubt|geloscht|mensch|verwendet|kostenpflichtig
            """,
            "know_verb": "erkennen|merken|speichern|erinnern|erkenn|speichere?|merk",
        }.items()
    }
    names["only"] = "(?:erst |noch |nur |noch nicht |gerade |grad |fast |schon |ja )*"
    names["someone"] = (
        rf"(?:(?:meine?[nrsm]?|seine?[nrsm]?|ihre?[nrsm]?|unsere?[nrsm]?|eine?[nrsm]?|den|die|das) (?:\w+ )?"
        rf"{names['relative']}|jemand(?:en)?|wen|andere|ihn|sie|firma)"
    )
    return names


def answers() -> tuple[Rule, ...]:
    """The rules for every answer but yes and withdrawal."""
    return answer_rules(
        _vocabulary(),
        never=spelt_alike(_NEVER),
        minor=spelt_alike(_MINOR),
        third_party=spelt_alike(_THIRD_PARTY),
        no=spelt_alike(_NO),
        not_now=spelt_alike(_NOT_NOW),
        explain=spelt_alike(_EXPLAIN),
        repeat=spelt_alike(_REPEAT),
    )


def emergency() -> re.Pattern[str]:
    """What says that this is no moment for questions."""
    return re.compile(alternatives(spelt_alike(_EMERGENCY), _vocabulary()))
