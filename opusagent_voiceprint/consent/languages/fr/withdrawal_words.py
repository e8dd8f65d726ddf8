"""The words that French withdrawals are made of: verbs, what they act on, what is about something else."""

from __future__ import annotations

from opusagent_voiceprint.consent.patterns import alternatives

__all__ = ["vocabulary"]


_WISHES = "veux voudrais souhaite demande aimerais exige faut faudrait prefere prefererais"
_MAY = "pouvez pourriez peux pourrais devez dois"


def vocabulary() -> dict[str, str]:
    """The named patterns that the rules of a withdrawal are written with, by name."""
    names: dict[str, str] = {
        "opening": (
            "(?:(?:pardon|desolee?|attend(?:ez|s)|non|oui|alors|okay|oh|ah|bonjour|bonsoir|allo|salut|et|mais"
            "|stop|finalement|daccord|merci|puis) )*"
        ),
        "wish": (
            "(?:(?:je (?:veux|voudrais|souhaite|aimerais|vous demande de|te demande de)|(?:vous pouvez"
            "|tu peux|pouvez vous|peux tu"
            "|pourriez vous|pourrais tu|veuillez|merci de|il faut|faut))(?: bien)? )?"
        ),
    }

    def define(name: str, text: str) -> None:
        names[name] = alternatives(text, names)

    define(
        "system",
        r"""
        (?:votre|ton|vos|le|tous vos) (?:systemes?|fichiers?|registres?|bases?|memoires?|serveurs?
            |ordinateurs?)\b
        (?:votre|ta|vos|la|les|toutes vos) (?:bases?|memoires?|reconnaissance|donnees|systemes?|archives)\b
        chez vous|ici
        """,
    )
    names["not_elsewhere"] = (
        r"(?! (?:de|du|des|sur|dans|pour|a|avec|en) (?!<system>|partout\b|votre part\b))".replace(
            "<system>", names["system"]
        )
    )
    names["not_on_device"] = (
        r"(?! (?:de|sur|dans|du|pour) (?:mon|ma|le|la|un|une) ?(?:tele|television|telephone|voiture"
        r"|telecommande|alexa|enceinte|ordinateur|ordi|montre|tablette|portable|box|appareil|iphone|smartphone|messagerie))"
    )
    names["not_later"] = (
        r"(?! (?:plus tard|apres|un jour|quand je|si je|ensuite|a tout moment|nimporte quand)\b)"
    )
    define(
        "voice_thing",
        r"""
        empreinte vocale\b
        (?:profils?|donnees?|enregistrements?|echantillons?|identifiants?|modeles?) voca(?:le?s?|ux)\b
        (?:profils?|donnees?|modeles?|gabarits?) (?:de (?:la |ma )?voix|biometriques?)\b
        (?:copies?|enregistrements?|echantillons?|traces?|empreintes?|memoires?|profils?) de (?:ma
            |notre) voix\b
        (?:reconnaissance|identification) (?:vocale|biometrique|par (?:la |ma )?voix|de (?:la |ma )?voix)\b
        biometrie\b|empreintes?\b(?! (?:digitale|carbone|de (?:pas|doigt)|ecologique))
        """,
    )
    names["which"] = (
        r"(?:mon|ma|mes|notre|nos|le|la|les|cette|ce|ces|cet|votre|vos|toutes? (?:les|mes|vos|la|ma)|tous mes"
        r"|toute|un|une|aucune?|de|des)"
    )
    names["thing"] = (
        f"(?:{names['which']} )?{names['voice_thing']}{names['not_later']}{names['not_on_device']}"
    )
    names["my_voice"] = (
        rf"(?:ma|notre) (?:propre )?voix\b(?! (?:off|au chapitre))"
        rf"{names['not_elsewhere']}{names['not_later']}"
    )
    names["my_data"] = (
        r"(?:toutes )?(?:mes|nos) (?:donnees|infos|informations|coordonnees|traces)"
        r"(?: (?:personnelles|privees|a moi|biometriques))?\b"
        r"(?! (?:mobiles?|cellulaires?|bancaires?|internet|roaming|sont|marchent))"
        rf"{names['not_elsewhere']}{names['not_later']}"
    )
    names["my_data"] = (
        rf"(?:{names['my_data']}|mon (?:profil|dossier)\b(?! (?:photo|facebook|client|internet|medical))"
        rf"{names['not_elsewhere']}{names['not_later']})"
    )
    names["about_me"] = (
        r"(?:(?:tout(?:es?)?|tous) )?(?:les|ces|vos|tes|des|de) (?:notes?|donnees?|infos?|informations?"
        r"|fiches?|souvenirs?|traces?) (?:que (?:vous avez|tu as) (?:\w+ )?)?"
        r"(?:sur (?:moi|mon compte perso)|a mon sujet|me concernant|de moi|qui me concernent)\b"
    )
    define("ours", "<thing>|<my_voice>|<my_data>|<about_me>")
    names["erase"] = (
        r"(?:(?:effac|supprim|oubli|elimin|retir|enlev|annul|desactiv|revoqu|ot)(?:er?|es|ez|iez|erez|eras)"
        r"|jet(?:ez|er|iez)|jettes?|detrui(?:s|re|sez|siez|ses?)|(?:faire|faites|fais) disparaitre"
        r"|(?:vous |te |se )?debarrass(?:er|ez|e|iez|es) (?:vous |toi )?de|vous defaire de)"
    )
    names["forget"] = r"(?:(?:effac|supprim|oubli)(?:er?|es|ez|iez))"
    names["erased"] = (
        r"(?:effac|supprim|oubli|elimin|retir|enlev|detruit|annul|desactiv|jet)(?:ees?|es?|s)?\b"
    )
    names["take_out"] = (
        r"(?:(?:retir|enlev|sort|ot|effac|supprim|desinscriv)(?:e|er|ez|ir|iez|s)|desinscri(?:s|re))"
    )
    define(
        "handle",
        r"""
        reconna(?:itre|is|isse|issez|issiez|isses)|identifi(?:er|ez|e|es|iez)|memoris(?:er|ez|e|es|iez)
        enregistr(?:er|ez|e|es|iez)|gard(?:er|ez|e|es|iez)|conserv(?:er|ez|e|es|iez)|stock(?:er|ez|e|es|iez)
        utilis(?:er|ez|e|es|iez)|trac(?:er|ez|e|es|iez)|profil(?:er|ez|e|es|iez)|analys(?:er|ez|e|es|iez)
        trait(?:er|ez|e|es|iez)|reten(?:ir|ez|iez)|retienn?e?s?|sauvegard(?:er|ez|e|es|iez)|ecout(?:er|ez|iez)
        exploit(?:er|ez|e|es|iez)|fich(?:er|ez|iez)|compar(?:er|ez|iez)|pren(?:ez|dre|iez)|prends?|prenne
        cre(?:er|ez|iez)|fair?e|fassi?ez|fasses?|a(?:voir|yez|ies?)
        """,
    )
    names["know_me"] = (
        r"(?:reconna(?:itre|is|isse|issez|issiez|isses)|identifi(?:er|ez|e|es|iez)"
        r"|memoris(?:er|ez|e|es|iez)|enregistr(?:er|ez|e|es|iez)|trac(?:er|ez|e|es|iez)|fich(?:er|ez|iez)"
        r"|profil(?:er|ez|e|es|iez))"
    )
    names["handled"] = (
        r"(?:reconnue?s?|identifiee?s?|memorisee?s?|enregistree?s?|gardee?s?|conservee?s?|stockee?s?|utilisee?s?"
        r"|analysee?s?|fichee?s?|dans (?:votre|vos|le) (?:systeme|fichiers?|base)s?)\b"
    )
    names["remember"] = (
        r"(?:(?:vous |te |se )?souv(?:enir|enez|iens|eniez|iennes)(?: vous| toi)?"
        r"|(?:vous |te )?rappel(?:er|ez|iez|le|les)(?: vous| toi)?) de (?:moi|ma voix)"
    )
    # "arretez de me reconnaitre comme Jean" corrects a match; it must not erase Jean.
    names["not_as"] = r"(?! (?:\w+ )?(?:comme|en tant que|sous le nom)\b)"
    define(
        "doing",
        r"""
        (?:me|nous) <know_me>\b<not_as>|<handle> <ours>|<remember>\b
        (?:me )?(?:saluer|appeler) par mon (?:nom|prenom)\b<not_as>
        prendre de notes? sur moi|etre <handled>
        """,
    )
    names["want"] = (
        r"(?:veux|voudrais|souhaite|desire|accepte|consens|autorise|permets|aimerais|tiens|peux|vais|prefere)"
    )
    names["consent"] = r"(?:accord|consentement|autorisation|permission|approbation|oui|inscription)\b"
    names["to_us"] = (
        r"(?! (?:a|au|aux|pour|de|du|des|sur) (?!(?:etre (?:reconnu|identifi|enregistr)|vous|ca|cela|tout"
        rf"|la voix|la reconnaissance|la biometrie|me reconn|me ident"
        rf"|{names['ours']}|{names['handle']} {names['ours']})))"
    )
    # "ma voix, effacez la"; not "gardez ma voix, ne la effacez pas", not "je peux la effacer?"
    names["some_words"] = (
        r"(?:(?!(?:pas|jamais|avant|si|quand|comment|peux|puis|pourrais?|allez|avez|as|ont|est|sont|quoi|que)\b)"
        r"\w+ ){0,4}?"
    )
    names["recognition"] = (
        r"(?:la|cette|votre) reconnaissance (?:vocale|de la voix|de ma voix|par la voix)"
        f"{names['not_on_device']}"
    )
    names["my_consent"] = rf"(?:tout de suite )?mon {names['consent']}{names['to_us']}"
    names["forget_it"] = rf"(?:{names['forget']} (?:la|le|les|ca|tout)|(?:la|le|les) {names['forget']})"
    names["you_know_me"] = rf"que (?:vous|tu) me {names['know_me']}"
    names["moment"] = (
        r"(?:jusque|avant|apres|tant|sauf|des|lorsque|parait|peur|crains|dit|sais|espere|crois|pense)"
    )
    names["someone"] = "(?:je|vous|tu|on|il)"
    names["between"] = "(?:vous|tu|ils|bien|deja|tout|pas|me|nous)"
    # "je veux que vous effaciez" asks; "vous effacez ma voix apres un an?" does not.
    names["unasked"] = "".join(f"(?<!{verb} que )" for verb in _WISHES.split())
    names["unasked"] += "".join(f"(?<!{verb} )" for verb in _MAY.split())
    names["which_one"] = "(?:de |une |la |cette |votre )"
    names["says"] = "(?:dit|disait|demande|affiche|propose|indique)"
    names["erasure"] = r"(?:suppression|effacement|destruction|elimination|retrait|oubli)"
    names["erasure_of_ours"] = rf"{names['erasure']} (?:\w+ )?(?:de |des ){names['ours']}"
    return names
