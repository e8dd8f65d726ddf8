"""How French callers give their name, and which words are no names."""

from __future__ import annotations

import re

from opusagent_voiceprint.consent.language import NameWords
from opusagent_voiceprint.consent.patterns import alternatives, word_set

__all__ = ["NAMES"]

# Compared without accents; none is a given name or a surname.
_ORDERS = word_set(
    """ignorez ignorer oubliez oublier outrepasse outrepassez contourne contournez instruction instructions
    consigne consignes systeme systemes assistante assistant prompt developpeur administrateur
    utilisateur outils execute executez commande commandes modele verifie authentifie autorise
    motdepasse revele revelez divulgue divulguez supprime supprimez efface effacez rembourse remboursez
    transfere transferez virement precedentes precedents desobeis"""
)

_NO_NAMES = word_set(
    """à a ah alors allô allo an ans anonyme appel appelle appeler appelez après au aucun aujourd'hui aussi
    autre aux avant avec avez avoir bah ben bien bof bon bonjour bonsoir bonne c'est cest ça ca ce cela
    certainement ces cette chez personnel personnelle tranquille chut client cliente commande comme
    comment compte comprends correct d'accord daccord dans d'abord déjà demain derrière désolé désolée
    dire dis dit dites donc dommage eh elle elles en encore enfin ensuite est et être étudiant euh
    exactement exact facile faites faire fait fatigué fatiguée faut femme fini fois française français
    gêné hein heu heureux heureuse hier hum ici il ils impossible inconnu inconnue inutile ils je
    l'autre là leur livraison ligne livreur loin lui ma machine mademoiselle madame mais mal malade
    maman mari même merci mes mieux moi moment mon monsieur n'importe ne ni nom non nous numéro occupé
    occupée oh ok okay on ou où ouais oublie oui panne papa par pardon parfait parle parler parlez pas
    patient patiente passe passez personne peu peut peux plaît plus point pour pourquoi préfère prénom
    pressé pressée prêt prête prie privé privée problème prochaine promis pu puis quand que quel quelle
    quelqu'un qui quoi rappelle rappelez rappeler rendez-vous répéter répétez rien robot sais salut sans
    secret si sien sinon son sourd sourde souviens stop sur sûr sûre ta tard tant te tes toi ton tout
    toute très trop tu un une urgent va vas voilà vois voix vos votre vous vrai vraiment y zut merde
    putain con connard idiot bête zéro deux trois quatre cinq six sept huit neuf dix onze douze treize
    quatorze quinze seize vingt trente cent panier facture lampe lampes cassée cassé contrat adresse
    colis service technique support ridicule bizarre content contente contente fâché fâchée énervé
    énervée perdu perdue seul seule marié mariée divorcé célibataire retraité retraitée enceinte
    étrangère belge suisse québécois canadien allemand allemande anglais anglaise espagnol italien
    demande arrête arrêtez attendez attends laisse laissez laisser quittez raccroche raccrochez
    évidemment possible volontiers écoute écoutez entends entendez météo vacances travail maison voiture
    garantie remboursement mauvais mauvaise grave important importante confidentiel confidentielle
    absolument ailleurs bientôt toujours jamais maintenant aide aidez j'ai j'en compris sympa génial
    super cool chouette agent humain conseiller conseillère responsable opérateur siri alexa google svp
    stp dehors là-bas plait intéressé intéressée libre absent absente sérieux sérieuse minute minutes
    seconde secondes patron patronne mère père fils fille frère sœur ami amie voisin voisine"""
)

# Bon Scott, Dit Moi, Son Nguyen: names when another name stands beside them and both are capitalised.
_NAMES_TOO = word_set("son an mon ma va do bon chi dis lui tu fini y ami prie fils")

_LEADING = word_set(
    "euh heu hum ben bah bon alors donc oui ouais bonjour bonsoir salut allô allo ah oh ok okay "
    "d'accord daccord "
    "eh bien merci et moi voilà"
)
_TRAILING = r"""
    s'il vous pla[iî]t|sil vous pla[iî]t|s'il te pla[iî]t|svp|stp|merci|à l'appareil|a l'appareil|au téléphone
    voilà|voila|ça ira|ca ira|ça suffit|ici|tout court|tout simplement
    avec un[e]? \w(?: et un[e]? \w)*|c'est bien|fera l'affaire
    (?:c'est|est) mon (?:nom|prénom|prenom)
"""
_SAYS_NAME = r"""
    (?:mon|le) (?:nom|prénom|prenom|petit nom|nom complet|nom de famille)(?: c'est| cest| est)?
    je m'appelle|je mappelle|j'm'appelle|je me nomme|je me prénomme|on m'appelle
    (?:tout le monde|mes amis) m'appelle(?:nt)?
    (?:appelez|appelle|nommez)[- ](?:moi|-moi)|(?:vous pouvez|tu peux) m'appeler|vous pouvez m'appeler
    (?:les gens|ils) m'appellent
"""
_MAY_SAY_NAME = r"""
    c'est|cest|moi c'est|moi cest|ici c'est|je suis|j'suis|ici|ce sera|mettez|mets|dites|dis|notez|écrivez
    disons
    vous parlez à|vous parlez avec|je préfère
"""

NAMES = NameWords(
    leading=_LEADING,
    trailing=alternatives(_TRAILING),
    says_name=alternatives(_SAYS_NAME),
    may_say_name=alternatives(_MAY_SAY_NAME),
    says_name_after=" c'est mon nom",
    bridges="(?:mais|et|ou|alors)",
    repeats="(?:c'est|cest|je suis|je m'appelle|mon nom est)",
    refusals=word_set("non pas rien jamais plutôt plutot ne"),
    no_answer=re.compile(r"\b(?:s'épelle|s'écrit|épeler)\b"),
    no_names=_NO_NAMES,
    names_too=_NAMES_TOO,
    titles=frozenset({"monsieur", "madame", "mademoiselle"}),
    no_name=re.compile(
        r"^(?:j|qu|n|c|s|t|m)'|^(?:j'|est-ce|peut-être|peut-etre|dites-|appelez-)|-(?:moi|vous|toi|ce|nous|tu|je|il)$"
    ),
    # "C'est ridicule" by a recogniser that would have written "C'est Ada".
    no_name_after_frame=re.compile(
        r"(?:tion|able|ible|ique|eux|euse|ment|ant|ante|ée|és|isé|aire|oire|age|esque|ule|if|ive)$"
    ),
    unsure_after_frame=re.compile(r"(?:é|ée|er|ez|it|nt)$"),
    orders=_ORDERS,
)
